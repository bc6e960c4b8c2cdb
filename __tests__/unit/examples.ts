import type { Parsed } from '../../src/inputs/parsed.ts'
import type { Inputs } from '../../src/inputs.ts'
import type { Trouble } from '../../src/polling/api.ts'
import type { Outcome } from '../../src/report/outcome.ts'
import { type RequestState, type Status, unknownState } from '../../src/request.ts'
import type { RequestResult } from '../../src/verdict.ts'

/** Things that many tests need, with nothing special about them. */

export const instanceArn = 'arn:aws:sso:::instance/ssoins-1234567890abcdef'
export const permissionSetArn = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'

/** A request ID that is told from others by its number. */
export function requestIdOf(number: number): string {
  return `5a1b2c3d-0123-4567-89ab-${String(number).padStart(12, '0')}`
}

export const requestId = requestIdOf(1)

export function stateOf(status: Status | null, known: Partial<RequestState> = {}): RequestState {
  return { ...unknownState(requestId), status, ...known }
}

export function resultOf(
  status: Status | null,
  known: Partial<RequestState> = {},
  rest: Partial<Omit<RequestResult, 'state'>> = {},
): RequestResult {
  return {
    state: stateOf(status, known),
    error: null,
    givenUp: false,
    finishedAfterMs: null,
    finishedBefore: false,
    ...rest,
  }
}

/** So many results alike, each of a request of its own. */
export function resultsOf(count: number, ...[status, known, rest]: Parameters<typeof resultOf>): RequestResult[] {
  return Array.from({ length: count }, (_, index) =>
    resultOf(status, { requestId: requestIdOf(index + 1), ...known }, rest),
  )
}

export function outcomeOf(known: Partial<Outcome>): Outcome {
  return {
    verdict: 'succeeded',
    operation: 'provision-permission-set',
    region: 'eu-central-1',
    results: [],
    accountsBehind: new Map(),
    names: new Map(),
    startedAt: new Date('2026-11-20T10:00:00Z'),
    elapsedMs: 0,
    trouble: null,
    problems: [],
    ...known,
  }
}

export function troubleOf(known: Partial<Trouble> = {}): Trouble {
  return {
    effect: 'unclear',
    scope: 'every-call',
    code: 'ECONNRESET',
    title: 'It is broken',
    message: 'It broke',
    remedy: 'Mend it.',
    ...known,
  }
}

/** The environment of a step with the inputs given, by their names in action.yml, and whatever else is set. */
export function environmentOf(
  inputs: Readonly<Record<string, string | undefined>>,
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const given = Object.entries(inputs).flatMap(([name, value]) =>
    value === undefined ? [] : [[`INPUT_${name.toUpperCase()}`, value]],
  )
  return { ...others, ...Object.fromEntries(given) }
}

/** @throws Error with the problems, where there are any */
export function inputsIn(result: Parsed<Inputs>): Inputs {
  if (result.ok) return result.value
  throw new Error(result.problems.join('\n'))
}
