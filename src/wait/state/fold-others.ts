import { isAccessDenied } from '../../requests/api.ts'
import { afterAnswer, afterFailedCall } from './every-call.ts'
import { withChange } from './fold-accounts.ts'
import { afterDescription, found } from './fold-request.ts'
import type { Described, Listed } from './observation.ts'
import { afterChange } from './permission-set-state.ts'
import type { Other, State, Subject } from './state.ts'

/** What is known of other people's requests after a list of requests in progress. */
export function withOthers(before: State, listed: Listed): Pick<State, 'others' | 'permissionSets'> {
  const { others, permissionSets, scope } = before
  const { failure, isWhole, operation } = listed
  if (listed.status !== 'IN_PROGRESS' || !scope.lists.includes(operation)) return { others, permissionSets }
  const unknown: Other = { operation, subject: { kind: 'unknown', failure: null }, askedAtMs: null }
  const isGone = isWhole || (failure !== null && isAccessDenied(failure))
  const after = new Map([...others].filter(([, other]) => !isGone || other.operation !== operation))
  for (const requestId of listed.others) after.set(requestId, others.get(requestId) ?? unknown)
  const isUnseen = ([requestId, { operation: its, subject }]: [string, Other]) =>
    its === 'provision-permission-set' && subject.kind !== 'known' && !after.has(requestId)
  // Nobody knows which permission set it was about. So it may have changed each of them.
  const mayHaveChanged = [...others].some(isUnseen)
  return {
    others: after,
    permissionSets: mayHaveChanged ? permissionSets.map((each) => afterChange(each, before.elapsedMs)) : permissionSets,
  }
}

/** What is known after Describes of other people's requests: whether they are about permission sets in the scope. */
export function withIdentified(before: State, answers: readonly Described[], nowMs: number): State {
  const others = new Map(before.others)
  let after: State = { ...before, others }
  for (const each of answers) after = { ...after, ...withAnswer(after, others, each, nowMs) }
  return after
}

/** What is known after one of them. `others` is changed. */
function withAnswer(
  before: State,
  others: Map<string, Other>,
  { key, answer }: Described,
  nowMs: number,
): Partial<State> {
  const { access, requests, scope } = before
  const known = requests.get(key.requestId)
  const set = (subject: Subject) => others.set(key.requestId, { operation: key.operation, subject, askedAtMs: nowMs })
  if (!answer.ok) {
    const { failure } = answer
    if (failure.scope === 'every-call') set({ kind: 'unknown', failure })
    else set(isAccessDenied(failure) ? { kind: 'denied', failure } : { kind: 'not-said' })
    return afterFailedCall(before, failure, nowMs)
  }
  const { permissionSetArn } = answer.value
  const isOurs = known !== undefined || (permissionSetArn !== null && scope.permissionSetArns.has(permissionSetArn))
  if (!isOurs) {
    set(permissionSetArn === null ? { kind: 'not-said' } : { kind: 'known', permissionSetArn })
    return { access: afterAnswer(access) }
  }
  const after = known === undefined ? found(key, answer.value, nowMs) : afterDescription(known, answer.value, nowMs)
  others.delete(key.requestId)
  return {
    requests: requests.with(after),
    access: afterAnswer(access),
    ...withChange(before, known ?? null, after, nowMs),
  }
}
