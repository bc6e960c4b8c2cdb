import { expect, test } from '@jest/globals'
import type { Fault } from '../../../simulator/faults.ts'
import type { Plan } from '../../../simulator/settings.ts'
import { type Goal, toTheEnd } from '../../../src/requests/goal.ts'
import type { Verdict } from '../../../src/requests/verdict.ts'
import { busiest, type ModelCall } from './model.ts'
import { arnA, arnB, type Scenario, waitFor } from './wait-for.ts'

// Whole waits as rows of a table: what is given, and how it ends.

/** How a wait ends, and what is seen of it. */
export interface Ends {
  readonly is: Verdict
  /** The output `elapsed-seconds`: from, to. */
  readonly seconds: readonly [number, number]
  /** At most. */
  readonly calls?: number
  /** How many calls describe a request, at most. */
  readonly described?: number
  /** What log or annotation say. */
  readonly tells?: RegExp
  /** What at most one line of the log says. */
  readonly once?: RegExp
  readonly title?: RegExp
  /** What title or message of the annotation say. */
  readonly says?: RegExp
  /** What neither log nor annotation say. */
  readonly never?: RegExp
  readonly outputs?: Readonly<Record<string, RegExp>>
  /** How many accounts the output `accounts-behind` has, at least. */
  readonly listed?: number
}

/** By their names. Unless a row says otherwise, the time-out is a minute, and requests are waited for. */
export type Rows = Readonly<Record<string, readonly [wait: Scenario & { readonly goal?: Goal }, ends: Ends]>>

/** Rows for each of some things. */
export const forEach = <T>(things: readonly T[], rowsOf: (thing: T) => Rows): Rows =>
  Object.assign({}, ...things.map(rowsOf))

export const rolledOut = (...permissionSetArns: string[]): Goal => ({
  ...toTheEnd,
  until: 'rolled-out',
  permissionSetArns,
})
export const idle = (...permissionSetArns: string[]): Goal => ({ ...rolledOut(...permissionSetArns), until: 'idle' })
export const once = (goal: Goal): Goal => ({ ...goal, wait: false })
export const [ofA, ofBoth, ofRequests] = [rolledOut(arnA), rolledOut(arnA, arnB), rolledOut()]
export const [idleAll, idleA] = [idle(), idle(arnA)]

export const ending = (is: Verdict, ...seconds: [number, number]) => ({ is, seconds }) satisfies Ends
/** To the second. */
export const exactly = (seconds: number, is: Verdict) => ending(is, seconds, seconds + 0.999)
/** Two readings, at least 2 s apart, of what is so since then. */
export const succeeded = (sinceSeconds: number) => ending('succeeded', sinceSeconds + 2, sinceSeconds + 6)
export const incomplete = (sinceSeconds: number) => ending('incomplete', sinceSeconds + 30, sinceSeconds + 38)
export const timedOut = ending('timed-out', 60, 63.5)

export const fails = (code: string, message = code): Fault => ({ kind: 'error', code, message })
export const server = fails('InternalServerException', 'Gremlins')
export const throttled = fails('ThrottlingException', 'Rate exceeded')
export const invalid = fails('ValidationException', 'The request is invalid')
export const notFound = fails('ResourceNotFoundException', 'PermissionSet was not found.')
export const unresolved = fails('ENOTFOUND')
export const hang: Fault = { kind: 'hang' }
export const denied = (action: string, resource: string) =>
  fails('AccessDeniedException', `User: u is not authorized to perform: sso:${action} on resource: ${resource}`)
export const deniedAccounts = (arn: string) => denied('ListAccountsForProvisionedPermissionSet', arn)
/** An answer of Describe without the permission set. */
export const withoutSet: Fault = { kind: 'patch', patch: { PermissionSetArn: undefined } }
export const during =
  (fromSeconds: number, toSeconds: number, fault: Fault) =>
  ({ atMs }: ModelCall) =>
    atMs >= fromSeconds * 1_000 && atMs < toSeconds * 1_000 && fault
export const from = (seconds: number, fault: Fault) => during(seconds, Number.POSITIVE_INFINITY, fault)

export const ofB = { permissionSetArn: arnB }
export const assignment = { operation: 'create-account-assignment' } as const
/** Requests of others. */
export const others = (...foreign: Plan[]) => ({ foreign })
export const busy = (seconds: number, own: Plan = {}) => others({ ...own, seconds })

/** Waits as each row says. One assertion for each, so that a failure shows all that people see. */
export function testEach(rows: Rows): void {
  test.each(Object.entries(rows))('%s', async (_, [{ goal = toTheEnd, ...scenario }, ends]) => {
    const waited = await waitFor(goal, { timeoutSeconds: 60, ...scenario })
    const { calls, goneAfterSeconds, log, message, outputs, seconds, timers, title, verdict } = waited
    const texts = [...log, title, message].join('\n')
    const described = calls.filter(({ name }) => name === 'describe').length
    const isSaid = (pattern: RegExp | undefined, text: string) => pattern === undefined || pattern.test(text)
    const checks = {
      [`is ${verdict}`]: verdict === ends.is,
      [`after ${seconds} s`]: seconds >= ends.seconds[0] && seconds <= ends.seconds[1],
      [`gone after ${goneAfterSeconds} s`]: goneAfterSeconds <= seconds + 10.5,
      'a timer is left': timers === 0,
      [`${calls.length} calls`]: calls.length <= (ends.calls ?? 10_000),
      [`${described} descriptions`]: described <= (ends.described ?? 10_000),
      'too many calls in a second': busiest(calls) <= 10,
      'says too little': isSaid(ends.tells, texts),
      'repeats a line': log.filter((line) => ends.once?.test(line)).length <= 1,
      'another title': isSaid(ends.title, title),
      'another message': isSaid(ends.says, `${title}\n${message}`),
      'says too much': !ends.never?.test(texts),
      'too few accounts-behind': JSON.parse(outputs['accounts-behind'] ?? '[]').length >= (ends.listed ?? 0),
      ...Object.fromEntries(
        Object.entries(ends.outputs ?? {}).map(([name, value]) => [
          `${name}: ${outputs[name]}`,
          isSaid(value, outputs[name] ?? ''),
        ]),
      ),
    }
    const wrong = Object.entries(checks).flatMap(([what, isRight]) => (isRight ? [] : [what]))
    expect(wrong.length === 0 ? [] : [...wrong, ends, texts]).toEqual([])
  })
}
