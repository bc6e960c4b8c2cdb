import { expect } from '@jest/globals'
import { passes, unknownResult, type Verdict } from './complaints.ts'
import { outputNames } from './definition.ts'
import type { Simulator, Step } from './step.ts'

export type { Verdict } from './complaints.ts'

/** ISO 8601, UTC, milliseconds. */
export const isoDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

/** One object of the output `results`; values may be matchers. */
export type ExpectedResult = Readonly<Record<keyof typeof unknownResult, unknown>>

/** The outputs that differ from their default: empty, `[]`, or anything where a run decides. */
export type ExpectedOutputs = Readonly<Record<string, unknown>>

/** A provisioning to all accounts that AWS has answered about. */
export function answered(
  simulator: Simulator,
  requestId: string | undefined,
  status: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS',
  details: Partial<ExpectedResult> = {},
): ExpectedResult {
  return {
    ...unanswered(requestId, null),
    status,
    createdDate: isoDate,
    permissionSetArn: simulator.permissionSetArn,
    ...details,
  }
}

/** A request that AWS has said nothing about, and why. */
export function unanswered(requestId: string | undefined, error: unknown): ExpectedResult {
  return { ...unknownResult, requestId: requestId ?? '', operation: 'provision-permission-set', error }
}

/**
 * How a step for one request, or for any number of them, ends: exit code, annotations, summary, log, and every output and none besides.
 * Those that the results make plain need not be given.
 */
export function expectEnding(
  step: Step,
  verdict: Verdict,
  result: ExpectedResult | readonly ExpectedResult[],
  outputs: ExpectedOutputs = {},
): void {
  const results = [result].flat()
  if (step.results === null) throw new Error(`The step has set no outputs, and wrote\n${step.stdout}${step.stderr}`)
  expect(step.results).toEqual(results)
  expect(step.outputs).toEqual({
    ...Object.fromEntries(outputNames.map((name) => [name, expect.any(String)])),
    verdict,
    'accounts-behind': '[]',
    'elapsed-seconds': expect.stringMatching(/^\d+(\.\d+)?$/),
    ...outputsOf(results),
    ...outputs,
  })
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThanOrEqual((step.durationMs / 1000) * step.speed)
  expect({ exitCode: step.exitCode, signal: step.signal }).toEqual({ exitCode: passes(verdict) ? 0 : 1, signal: null })
  expect(step.complaints).toEqual([])
}

/** What requests add up to. */
function outputsOf(results: readonly ExpectedResult[]): ExpectedOutputs {
  const is = (status: string) => (result: ExpectedResult) => result.status === status
  const agreed = (name: 'permissionSetArn' | 'accountId') =>
    results.every((result) => result[name] === results[0]?.[name]) ? (results[0]?.[name] ?? '') : ''
  const [only, ...others] = results
  const failed = results.filter(is('FAILED'))
  const lines = failed.map(({ requestId, failureReason }) => `${requestId}: ${failureReason ?? ''}`)
  const allSucceeded = results.length > 0 && results.every(is('SUCCEEDED'))
  const isUndated = results.every(({ createdDate }) => createdDate === null)
  return {
    status: ['FAILED', 'IN_PROGRESS'].find((status) => results.some(is(status))) ?? (allSucceeded ? 'SUCCEEDED' : ''),
    'failure-reason': limited(others.length === 0 ? (only?.failureReason ?? '') : lines.join('\n')),
    'created-date': isUndated ? '' : others.length === 0 ? only?.createdDate : isoDate,
    'permission-set-arn': agreed('permissionSetArn'),
    'account-id': agreed('accountId'),
  }
}

/** The output ends at 64 KiB: of a long text, a part is expected. */
export function limited(reason: unknown): unknown {
  if (typeof reason !== 'string' || Buffer.byteLength(reason) <= 65_536) return reason
  const isPart = (part: unknown) =>
    typeof part === 'string' && part !== '' && Buffer.byteLength(part) <= 65_536 && reason.startsWith(part)
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch: isPart,
    toString: () => 'a part of a long reason',
  }
}

/** A cancelled step is gone within 2 s of the first signal. */
export function expectGone({ goneAfterMs, slackMs }: Step): void {
  expect(goneAfterMs).toBeLessThan(2_000 + slackMs)
}

/** A step is gone within 5 s of its deadline. */
export function expectInTime({ ranMs, slackMs }: Step, deadlineMs: number): void {
  expect(ranMs).toBeLessThan(deadlineMs + 5_000 + slackMs)
}

/** No text that the step was given has started a command, or stands in log or summary with what could drive a terminal or hide text. */
export function expectNoEffect(step: Step, commands: readonly string[]): void {
  expect(step.complaints).toEqual([])
  expect(step.commands.map(({ name }) => name).filter((name) => name !== 'debug')).toEqual(commands)
  expect(`${step.stdout}${step.summary}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
}
