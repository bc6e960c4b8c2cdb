import type { AsyncRequest } from '../../../simulator/async-request.ts'
import type { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import { accountsBehind, permissionSetsAt, requestsInProgress } from '../../../simulator/truth.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import { type OperationName, operationNames } from '../../../src/requests/request.ts'
import type { NumberedPlan } from './model.ts'

/** What is so at a moment, in milliseconds since 1970. */
export type Truth = (atMs: number) => boolean

/** What is really so of an instance, as far as a goal is about it, whatever the API says at the time. */
export interface GoalTruth {
  /** The permission sets that the goal is about; for all of the instance, those that it has at any time. With `idle`, none is the whole instance. */
  readonly arns: readonly string[]
  /** Whether a permission set counts, as far as the instance has to have it for that. */
  exists(arn: string): Truth
  /** Whether nothing is in progress that the goal is about, of one operation or of all. */
  isIdle(operation?: OperationName): Truth
  /** Whether nothing is in progress for a permission set, as far as the role may see. */
  isFree(arn: string): Truth
  /** Whether no account that counts is out of date. */
  isUpToDate(arn: string): Truth
  isOutOfDate(arn: string, accountId: string): Truth
  /** Whether the newest provisioning that covers an account has failed. */
  isExplained(arn: string, accountId: string): Truth
  /** Whether something was so at any moment of a period, its two ends included. */
  wasEver(isSo: Truth, fromMs: number, toMs: number): boolean
}

export function truthOf(
  { instance }: InProcessIdentityCenter,
  { ignoredAccounts, isAboutAll, permissionSetArns }: Goal,
  plans: readonly NumberedPlan[],
  isBlind: boolean,
): GoalTruth {
  const provisionings = plans.filter(({ operation }) => operation === 'provision-permission-set')
  const named = isAboutAll ? [...instance.permissionSets.keys()] : permissionSetArns
  const arns = [...new Set([...named, ...provisionings.map((own) => own.permissionSetArn ?? '')])]
  // If only single accounts were provisioned, only those count.
  const counts = (arn: string, accountId: string) => {
    if (ignoredAccounts.includes(accountId)) return false
    const own = provisionings.filter(({ permissionSetArn: its }) => its === arn && !named.includes(arn))
    return own.length === 0 || own.some((each) => (each.accountId ?? accountId) === accountId)
  }
  const isIdle = (about: readonly string[], operation?: OperationName): Truth => {
    const query = { ...(about.length > 0 && { permissionSetArns: about }), ...(operation && { operation }) }
    return (atMs) => requestsInProgress(instance, atMs, query).length === 0
  }
  const isOutOfDate = (arn: string, accountId: string): Truth => {
    return (atMs) => counts(arn, accountId) && accountsBehind(instance, arn, atMs).includes(accountId)
  }
  const moments = momentsOf(instance)
  return {
    arns,
    exists: (arn) => (atMs) => !isAboutAll || permissionSetsAt(instance, atMs).includes(arn),
    isIdle: (operation) => isIdle(arns, operation),
    isFree: (arn) => (isBlind ? () => true : isIdle([arn], 'provision-permission-set')),
    isUpToDate: (arn) => (atMs) => !accountsBehind(instance, arn, atMs).some((id) => counts(arn, id)),
    isOutOfDate,
    isExplained: (arn, accountId) => (atMs) => {
      const covering = instance
        .requests('provision-permission-set')
        .filter((request) => request.permissionSetArn === arn && (request.accountId ?? accountId) === accountId)
        .filter(({ createdMs, endsMs }) => (isBlind ? endsMs : createdMs) <= atMs)
      const newestMs = Math.max(...covering.map(({ createdMs }) => createdMs))
      const hasFailed = ({ endsMs, finalStatus }: AsyncRequest) => endsMs <= atMs && finalStatus === 'FAILED'
      return covering.some((request) => request.createdMs === newestMs && hasFailed(request))
    },
    wasEver: (isSo, fromMs, toMs) => [fromMs, ...moments.filter((ms) => ms > fromMs && ms <= toMs)].some(isSo),
  }
}

/** The moments at which something changes. What is so after one of them is so until the next. */
function momentsOf(instance: InProcessIdentityCenter['instance']): readonly number[] {
  const ofRequests = operationNames
    .flatMap((operation) => instance.requests(operation))
    .flatMap(({ accountsReached, createdMs, endsMs, pace, steps }) => [
      createdMs,
      endsMs,
      ...Array.from({ length: accountsReached }, (_, n) => createdMs + (endsMs - createdMs) * pace((n + 1) / steps)),
    ])
  return [...ofRequests, ...[...instance.permissionSets.values()].flatMap(({ changesMs }) => changesMs)]
}
