/** Which calls a rule is about: those that meet every condition given. */
export interface Conditions {
  /** As on the wire, also `AssumeRoleWithWebIdentity` and `GetIdToken`; all unless given. */
  readonly operation?: string
  /** Calls that ask about this request. */
  readonly requestId?: string
  /** Calls that name this permission set, or ask about a request of it. */
  readonly permissionSetArn?: string
  /** The first page of a list, or one of those after it. */
  readonly page?: 'first' | 'later'
  /** The first and the last of the calls that meet the other conditions, counted from 1. */
  readonly from?: number
  readonly to?: number
  /** Milliseconds since the first call of all: from the first on, before the second. */
  readonly between?: readonly [number, number]
  /** The share of the calls that meet the other conditions, from 0 to 1: chance picks them. All unless given. */
  readonly share?: number
}

/** A call, as far as rules look at it. */
export interface Subject {
  readonly operation: string
  readonly requestId: string | undefined
  readonly permissionSetArn: string | undefined
  readonly page: 'first' | 'later'
  /** Milliseconds, on a clock of the caller's choice. */
  readonly at: number
}

/** Gives the rules that apply to the next call, in their order. Keeps count of the calls that each rule is about. */
export type RuleFinder = <Rule extends Conditions>(rules: readonly Rule[], subject: Subject) => Rule[]

/** @param random uniform in [0, 1), for the shares */
export function createRuleFinder(random: () => number): RuleFinder {
  const counts = new WeakMap<Conditions, number>()
  let firstAt: number | undefined

  const applies = (rule: Conditions, subject: Subject, sinceFirst: number): boolean => {
    const { between: [since, until] = [0, Number.POSITIVE_INFINITY], from = 1, to = Number.POSITIVE_INFINITY } = rule
    const names = ['operation', 'requestId', 'permissionSetArn', 'page'] as const
    const isMeant = names.every((name) => rule[name] === undefined || rule[name] === subject[name])
    if (!isMeant || sinceFirst < since || sinceFirst >= until) return false
    const count = (counts.get(rule) ?? 0) + 1
    counts.set(rule, count)
    return count >= from && count <= to && (rule.share === undefined || random() < rule.share)
  }

  return (rules, subject) => {
    firstAt ??= subject.at
    const sinceFirst = subject.at - firstAt
    return rules.filter((rule) => applies(rule, subject, sinceFirst))
  }
}
