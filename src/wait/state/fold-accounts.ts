import { blockerAfter, isNoSuchThing } from './blocker.ts'
import { afterAnswer, afterFailedCall, afterOptional } from './every-call.ts'
import { listAccountsAction, type ObservationOf } from './observation.ts'
import { afterChange, afterReading } from './permission-set-state.ts'
import { isGiven, provisioned, type RequestState } from './request-state.ts'
import { permissionSetOf, type State } from './state.ts'

/** What is known after a reading of a permission set's accounts, or after an attempt to read them. */
export function withAccounts(before: State, read: ObservationOf<'accounts'>, nowMs: number): Partial<State> {
  const { access, permissionSets, scope } = before
  const { answer, isOptional, permissionSetArn, startedAtMs } = read
  const known = permissionSetOf(before, permissionSetArn)
  if (answer.ok) {
    const after = permissionSets.with(afterReading(known, answer.value, { atMs: startedAtMs, endedAtMs: nowMs }))
    return { permissionSets: after, access: isOptional ? access : afterAnswer(access) }
  }
  const asked = { ...known, askedAtMs: startedAtMs }
  if (isOptional)
    return { permissionSets: permissionSets.with(asked), access: afterOptional(access, listAccountsAction, answer) }
  const blocker = blockerAfter(known.blocker, answer.failure, nowMs, scope.isOneLook)
  const after = permissionSets.with({ ...asked, blocker })
  return { permissionSets: after, ...afterFailedCall(before, answer.failure, nowMs) }
}

/**
 * What is known after a reading of the instance's permission sets: new ones are in the scope, and deleted ones not any more. The list can be
 * out of date. So one that it lacks is deleted only if AWS does not know it any more.
 */
export function withPermissionSets(
  before: State,
  { answer, startedAtMs }: ObservationOf<'permission-sets'>,
  nowMs: number,
): Partial<State> {
  const { access, instance, permissionSets, scope } = before
  if (answer.ok) {
    const isNew = (arn: string) => permissionSets.get(arn) === undefined
    const added = answer.value.filter(isNew).map((arn) => permissionSetOf(before, arn))
    const kept = [...scope.permissionSetArns].filter((arn) => !isDeleted(before, arn))
    const bringsNew = answer.value.some((arn) => !scope.permissionSetArns.has(arn))
    return {
      scope: { ...scope, permissionSetArns: new Set([...answer.value, ...kept]) },
      permissionSets: added.length === 0 ? permissionSets : permissionSets.with(...added),
      instance: { readAtMs: startedAtMs, sinceMs: bringsNew ? nowMs : (instance.sinceMs ?? nowMs), blocker: null },
      access: afterAnswer(access),
    }
  }
  const blocker = blockerAfter(instance.blocker, answer.failure, nowMs, scope.isOneLook)
  return { instance: { ...instance, blocker }, ...afterFailedCall(before, answer.failure, nowMs) }
}

/** Whether AWS does not know a permission set any more. One that was never read, and that a given provisioning is about, may be new. */
function isDeleted({ permissionSets, requests }: State, arn: string): boolean {
  const { blocker = null, readAtMs = null } = permissionSets.get(arn) ?? {}
  if (blocker === null || !isNoSuchThing(blocker.failure)) return false
  return readAtMs !== null || !requests.items.some((request) => isGiven(request) && provisioned(request) === arn)
}

/** What is known after the accounts that hold a permission set were counted. */
export function withHolders(
  before: State,
  { answer, permissionSetArn }: ObservationOf<'holders'>,
  nowMs: number,
): Partial<State> {
  if (!answer.ok) return { access: afterOptional(before.access, listAccountsAction, answer) }
  const known = permissionSetOf(before, permissionSetArn)
  const ignored = answer.value.filter((id) => known.ignored.has(id))
  const holders = { count: answer.value.length, ignored, atMs: nowMs }
  return { permissionSets: before.permissionSets.with({ ...known, holders }) }
}

/**
 * What is known of a request's permission set after the request changed from `was` to `is`. Once a request begins, goes on or ends, what was
 * read of the accounts before says nothing about it.
 */
export function withChange(
  before: State,
  was: RequestState | null,
  is: RequestState,
  nowMs: number,
): Pick<State, 'permissionSets' | 'scope'> {
  const { permissionSets, scope } = before
  const arn = provisioned(is)
  const isNew = was === null || provisioned(was) === null
  if (arn === null || (is.phase === 'ended' && was?.phase === 'ended' && !isNew)) return { permissionSets, scope }
  const follows = scope.readsAccounts && isGiven(is) && isNew
  const isInScope = scope.permissionSetArns.has(arn)
  if (!follows && !isInScope) return { permissionSets, scope }
  const known = permissionSetOf(before, arn)
  const isNarrow = follows && !scope.followsInstance
  const targets = isNarrow ? targetsAfter(isInScope ? known.targets : new Set(), is) : known.targets
  return {
    permissionSets: permissionSets.with(afterChange({ ...known, targets }, nowMs)),
    scope: isInScope ? scope : { ...scope, permissionSetArns: new Set(scope.permissionSetArns).add(arn) },
  }
}

/** The only accounts that count after one more provisioning was given; `null` if all count. */
function targetsAfter(before: ReadonlySet<string> | null, { details }: RequestState): ReadonlySet<string> | null {
  return before === null || details.accountId === null ? null : new Set(before).add(details.accountId)
}
