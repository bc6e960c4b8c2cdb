import { type Answer, type CallFailure, isAccessDenied } from '../../requests/api.ts'
import type { Description, RequestKey } from '../../requests/request.ts'
import { rolloutArns } from './agreement.ts'
import { blockerAfter } from './blocker.ts'
import { type AccountsListed, type Listed, listAccountsAction } from './observation.ts'
import { afterCallInVain, answered } from './outage.ts'
import { afterDescription, found } from './request-state.ts'
import { afterAccountList, type Rollout, unknownRollout } from './rollout.ts'
import type { Others, Snapshot } from './snapshot.ts'

/** What is known of other people's requests after a list of requests in progress. */
export function withOthers(before: Snapshot, listed: Listed): Others {
  const { others } = before
  const { isWhole, operation, status, failure } = listed
  if (status !== 'IN_PROGRESS') return others
  const isDenied = failure !== null && isAccessDenied(failure)
  const gone = [...others.unidentified].filter(([, its]) => its === operation && (isWhole || isDenied))
  const unidentified = new Map(others.unidentified)
  for (const [requestId] of gone) unidentified.delete(requestId)
  for (const requestId of listed.others) if (!isElsewhere(before, requestId)) unidentified.set(requestId, operation)
  return { ...others, unidentified }
}

/** Whether a request is known to be about no permission set that the wait is for. That of a request that was given can become known later. */
function isElsewhere(snapshot: Snapshot, requestId: string): boolean {
  const permissionSetArn = snapshot.others.subjects.get(requestId)
  return (
    permissionSetArn === null || (permissionSetArn !== undefined && !watchedArns(snapshot).includes(permissionSetArn))
  )
}

/** What is known after the Describe of another person's request: whether it is about the permission sets that the wait is for. */
export function withIdentified(
  before: Snapshot,
  key: RequestKey,
  description: Description,
  nowMs: number,
): Partial<Snapshot> {
  const { others, positions, requests } = before
  const unidentified = new Map(others.unidentified)
  unidentified.delete(key.requestId)
  const position = positions.get(key.requestId) ?? -1
  const known = requests[position]
  if (known !== undefined) {
    const again = afterDescription(known, description, nowMs)
    return { ...answered, others: { ...others, unidentified }, requests: requests.with(position, again) }
  }
  const { permissionSetArn } = description
  if (permissionSetArn === null || !watchedArns(before).includes(permissionSetArn)) {
    const subjects = new Map(others.subjects).set(key.requestId, permissionSetArn)
    return { ...answered, others: { ...others, unidentified, subjects } }
  }
  return {
    ...answered,
    others: { ...others, unidentified },
    requests: [...requests, found(key, description, nowMs)],
    positions: new Map(positions).set(key.requestId, requests.length),
  }
}

/** What is known if AWS does not say what another person's request is about. */
export function withUnidentified(before: Snapshot, failure: CallFailure, nowMs: number): Partial<Snapshot> {
  switch (failure.scope) {
    case 'request':
      return answered
    case 'action':
      return { ...answered, others: { ...before.others, failure } }
    case 'every-call':
      return afterCallInVain(before, failure, nowMs)
  }
}

/**
 * What is known after the accounts of a permission set were listed. They are optional, unless the goal is that it is rolled out, and the wait
 * goes on.
 */
export function withAccounts(
  before: Snapshot,
  { answer, permissionSetArn, startedAtMs }: AccountsListed,
  nowMs: number,
): Partial<Snapshot> {
  const rollout = before.rollouts.get(permissionSetArn) ?? unknownRollout
  const known = (after: Rollout) => ({ rollouts: new Map(before.rollouts).set(permissionSetArn, after) })
  if (before.ending !== null) {
    // The report shows newer accounts. What kept the wait from an answer stays as it was.
    return answer.ok
      ? known({ ...afterAccountList(rollout, answer.value, startedAtMs), blocker: rollout.blocker })
      : withDropped(before, listAccountsAction, answer)
  }
  const isNeeded = rolloutArns(before).includes(permissionSetArn)
  if (answer.ok) return { ...(isNeeded && answered), ...known(afterAccountList(rollout, answer.value, startedAtMs)) }

  const { failure } = answer
  const blocker = blockerAfter(rollout.blocker, failure, nowMs, !before.goal.wait)
  const after = known({ ...rollout, askedAtMs: startedAtMs, blocker })
  if (!isNeeded) return { ...after, ...withDropped(before, listAccountsAction, answer) }
  return failure.scope === 'every-call' ? { ...after, ...afterCallInVain(before, failure, nowMs) } : after
}

/** The permission sets whose requests the wait has to find. */
export function watchedArns(snapshot: Snapshot): readonly string[] {
  return snapshot.goal.until === 'idle' ? snapshot.goal.permissionSetArns : rolloutArns(snapshot)
}

/** What is known after an optional call: whether the role may make it. */
export function withDropped(before: Snapshot, action: string, answer: Answer<unknown>): Partial<Snapshot> {
  const isNew = !answer.ok && isAccessDenied(answer.failure) && !before.dropped.has(action)
  return isNew ? { dropped: new Set(before.dropped).add(action) } : {}
}
