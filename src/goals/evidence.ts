import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import type { Unread } from '../wait/rules.ts'
import { type State, type Subject, subjectKindOf } from '../wait/state/state.ts'

/** The lists of requests in progress that the goal needs and that could not be read the last time. */
export function unreadLists({ access, scope }: State): Unread[] {
  return scope.lists.flatMap((operation) => {
    const { failure } = access.lists[operation]
    if (failure === null) return []
    return [{ what: 'list', operation, permissionSetArn: null, failure, isFinal: failure.effect === 'refused' }]
  })
}

/** The first request in progress of others of which the role may not read what it is about, or AWS has not said it yet, if that matters. */
export function unreadSubjects({ others, scope }: State, kind: 'denied' | 'unknown'): Unread[] {
  const all = [...others.values()].flatMap(({ operation, subject }): Unread[] => {
    if (subject.kind !== kind || subject.failure === null) return []
    const { failure } = subject
    return [{ what: 'subject', operation, permissionSetArn: null, failure, isFinal: kind === 'denied' }]
  })
  return scope.permissionSetArns.size === 0 ? [] : all.slice(0, 1)
}

/** What is known of the permission sets of the requests in progress of others. */
export function subjectKinds({ others, scope }: State): ReadonlySet<Subject['kind']> {
  return new Set([...others.values()].map((other) => subjectKindOf(other, scope)))
}

/** Why the role may not see which requests are in progress; `null` if it may. Otherwise, a rollout is judged by its accounts alone. */
export function unseenProgress(state: State): CallFailure | null {
  const failures = [...unreadLists(state), ...unreadSubjects(state, 'denied')].map(({ failure }) => failure)
  return failures.find(isAccessDenied) ?? null
}
