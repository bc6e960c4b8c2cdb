import type { Parsed } from '../../src/inputs/parsed.ts'
import type { Inputs } from '../../src/inputs.ts'
import type { CallFailure } from '../../src/requests/api.ts'
import { Secrets } from '../../src/secrets.ts'

/** Ordinary values that many tests need. */

/** Knows none, whatever is added. */
export const noSecrets = Object.assign(new Secrets({}), { add: () => {} })

export const instanceArn = 'arn:aws:sso:::instance/ssoins-1234567890abcdef'
export const permissionSetArn = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'

/** A permission set that differs from others by its number. */
export function permissionSetArnOf(number: number): string {
  return `${permissionSetArn.slice(0, -16)}${String(number).padStart(16, '0')}`
}

/** A request ID that differs from others by its number. */
export function requestIdOf(number: number): string {
  return `5a1b2c3d-0123-4567-89ab-${String(number).padStart(12, '0')}`
}

export const requestId = requestIdOf(1)

export function callFailureOf(known: Partial<CallFailure> = {}): CallFailure {
  return {
    effect: 'unclear',
    scope: 'every-call',
    code: 'ECONNRESET',
    title: 'The connection breaks',
    message: 'It broke',
    remedy: 'Repair it.',
    ...known,
  }
}

/** The environment of a step with these inputs, by their names in action.yml, and with other variables. */
export function environmentOf(
  inputs: Readonly<Record<string, string | undefined>>,
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const given = Object.entries(inputs).flatMap(([name, value]) =>
    value === undefined ? [] : [[`INPUT_${name.toUpperCase()}`, value]],
  )
  return { ...others, ...Object.fromEntries(given) }
}

/** @throws Error with the problems, if there are any */
export function inputsIn(result: Parsed<Inputs>): Inputs {
  if (result.ok) return result.value
  throw new Error(result.problems.join('\n'))
}
