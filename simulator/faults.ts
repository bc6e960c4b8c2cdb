import { isMembers, type Members } from './members.ts'

/** Something that goes wrong with one answer. */
export type Fault =
  /** An AWS error, in the form of the service that was called; status 400 unless given. */
  | { kind: 'error'; code: string; message?: string; httpStatus?: number; reason?: string }
  /** Any HTTP answer, as from a proxy in between. */
  | { kind: 'http'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection is reset. */
  | { kind: 'reset'; when: 'before-headers' | 'inside-headers' | 'after-headers' }
  /** The connection is closed half way through the body. */
  | { kind: 'truncate' }
  /** The body comes one byte a second. */
  | { kind: 'drip' }
  /** The call is taken and never answered. */
  | { kind: 'hang' }
  /**
   * Another JSON answer: what a function makes of the right one; or the right one with members replaced, undefined for
   * removed. Where the answer is one structure in a wrapper (`{"PermissionSetProvisioningStatus": {…}}`), the members
   * are those of the structure.
   */
  | { kind: 'patch'; patch: Members | ((answer: unknown) => unknown) }
  /** What was right so long ago; Infinity for the time before anything had ended. */
  | { kind: 'stale'; byMs: number }

/** Which calls a fault happens to: those that meet every condition given. */
export interface FaultRule {
  /** As on the wire, also `AssumeRoleWithWebIdentity` and `GetIdToken`; `*`, the default, for all. */
  operation?: string
  /** Calls that ask about this request. */
  requestId?: string
  /** The first and the last of the calls that meet the other conditions, counted from 1. */
  from?: number
  to?: number
  /** Milliseconds since the first call of all: from the first on, before the second. */
  between?: readonly [number, number]
  /** The share of the calls that meet the other conditions, from 0 to 1: chance picks them. All unless given. */
  share?: number
  fault: Fault
}

/** A call, as far as rules look at it. */
export interface Subject {
  operation: string
  requestId: string | undefined
  /** Milliseconds, on a clock of the caller's choice. */
  at: number
}

/**
 * Keeps count of the calls that each rule matches, and says what goes wrong with the next: the first rule wins.
 *
 * @param random uniform in [0, 1), for the shares
 */
export function createFaultFinder(
  random: () => number,
): (rules: readonly FaultRule[], subject: Subject) => Fault | undefined {
  const counts = new WeakMap<FaultRule, number>()
  let firstAt: number | undefined

  const applies = (rule: FaultRule, { operation, requestId }: Subject, sinceFirst: number): boolean => {
    const [since, until] = rule.between ?? [0, Number.POSITIVE_INFINITY]
    const matches =
      [operation, '*', undefined].includes(rule.operation) &&
      [requestId, undefined].includes(rule.requestId) &&
      sinceFirst >= since &&
      sinceFirst < until
    if (!matches) return false
    const count = (counts.get(rule) ?? 0) + 1
    counts.set(rule, count)
    const isCounted = count >= (rule.from ?? 1) && count <= (rule.to ?? Number.POSITIVE_INFINITY)
    return isCounted && (rule.share === undefined || random() < rule.share)
  }

  return (rules, subject) => {
    firstAt ??= subject.at
    const sinceFirst = subject.at - firstAt
    return rules.filter((rule) => applies(rule, subject, sinceFirst))[0]?.fault
  }
}

/** What a patch makes of an answer. */
export function patched(answer: unknown, { patch }: Fault & { kind: 'patch' }): unknown {
  if (typeof patch === 'function') return patch(answer)
  if (!isMembers(answer)) return answer
  const [[wrapper, structure] = [], ...others] = Object.entries(answer)
  const isWrapped = wrapper !== undefined && others.length === 0 && isMembers(structure)
  return isWrapped ? { [wrapper]: { ...structure, ...patch } } : { ...answer, ...patch }
}
