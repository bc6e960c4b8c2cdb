import { isAccessDenied } from '../requests/api.ts'
import type { Finding, LookResult, Unread } from '../wait/rules.ts'
import type { State } from '../wait/state/state.ts'

/** The lists of requests in progress that the goal needs and that could not be read the last time. */
export function unreadLists({ access, scope }: State): Unread[] {
  return scope.lists.flatMap((operation) => {
    const { failure } = access.lists[operation]
    return failure === null ? [] : [{ what: 'list', operation, permissionSetArn: null, failure } as const]
  })
}

/** The first request in progress of others of which the role may not read what it is about, if that matters. */
export function deniedSubjects(state: State): Unread[] {
  return unreadSubjects(state, 'denied')
}

/** The first request in progress of others of which it is not known yet what it is about, if that matters. */
export function unknownSubjects(state: State): Unread[] {
  return unreadSubjects(state, 'unknown')
}

function unreadSubjects({ others, scope }: State, kind: 'denied' | 'unknown'): Unread[] {
  if (scope.permissionSetArns.size === 0) return []
  for (const { operation, subject } of others.values()) {
    if (subject.kind !== kind || subject.failure === null) continue
    return [{ what: 'subject', operation, permissionSetArn: null, failure: subject.failure }]
  }
  return []
}

/** Whether the role may not see which requests are in progress. Then a rollout is judged by its accounts alone. */
export function mayNotSeeProgress(state: State): boolean {
  return [...unreadLists(state), ...deniedSubjects(state)].some(({ failure }) => isAccessDenied(failure))
}

/** Since when looks have found the same, in milliseconds since the wait began. One that could not read everything changes nothing. */
export function judgedSince({ judgement }: State, finding: Finding, look: LookResult | null): number {
  return finding === 'partial' || finding === judgement.finding ? judgement.sinceMs : (look?.startedAtMs ?? 0)
}
