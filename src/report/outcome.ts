import { wrongRegion } from '../aws/errors/advice.ts'
import { factsOf } from '../aws/errors/facts.ts'
import { defect } from '../plain-report.ts'
import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { type Goal, toTheEnd, watches } from '../requests/goal.ts'
import { operationNames } from '../requests/request.ts'
import { passes, type Verdict, verdictOf } from '../requests/verdict.ts'
import type { Secrets } from '../secrets.ts'
import { accountsBehind, finalFailures, knowsProgress, rolloutArns, targetsOf } from '../wait/snapshot/agreement.ts'
import { isUnreadable, type RequestState, statusOf } from '../wait/snapshot/request-state.ts'
import type { Ending, Snapshot } from '../wait/snapshot/snapshot.ts'

/** How the wait ended, with all that the report says about it. */
export interface Outcome {
  readonly verdict: Verdict
  readonly region: string
  /** In the order given. */
  readonly requests: readonly RequestState[]
  /** Why the wait ended; `null` if there was no wait, because the inputs are wrong or the action has a defect. */
  readonly ending: Ending | null
  /** The failure that prevented answers of AWS when the wait ended, or a defect of the action; `null` if AWS answered. */
  readonly outage: CallFailure | null
  readonly goal: Goal
  /** The permission sets that were to be rolled out. */
  readonly permissionSets: readonly PermissionSet[]
  /** How many requests of others were in progress at the end, as far as that matters and is known. */
  readonly othersInProgress: number
  /** Whether the role may see what is in progress. */
  readonly knowsProgress: boolean
  /** Why something else than a request could not be read. */
  readonly failures: readonly CallFailure[]
  /** The IDs of the accounts that do not hold the latest version, by the ARN of the permission set. Only provisionings count. */
  readonly accountsBehind: ReadonlyMap<string, readonly string[]>
  /** Names of permission sets, by ARN, as far as they are known. */
  readonly names: ReadonlyMap<string, string>
  /** Wall-clock time at which the wait began. */
  readonly startedAt: Date
  readonly elapsedMs: number
  /** What is wrong with the inputs or with the action itself. */
  readonly problems: readonly string[]
}

/** How far a permission set was when the wait ended. */
export interface PermissionSet {
  readonly arn: string
  /** The accounts that do not hold the latest version; `null` if they could not be listed. */
  readonly behind: readonly string[] | null
  /** The only accounts that count; `null` if all do. */
  readonly targets: readonly string[] | null
  /** How many accounts hold it in any version; `null` if they were not counted, or if not all of them count. */
  readonly total: number | null
}

/** The outcome of a wait that is over. */
export function outcomeOf(last: Snapshot, region: string, startedAt: Date): Outcome {
  const { elapsedMs, ending, goal, names, others, outage, primaryRegion, requests } = last
  const verdict = verdictOf(last)
  const isReplica = primaryRegion !== null && primaryRegion !== region
  const located = (failure: CallFailure) =>
    isReplica && isAccessDenied(failure) ? wrongRegion(failure, primaryRegion, region) : failure
  const locatedRequest = (request: RequestState): RequestState => {
    const { blocker } = request
    const isDenied = blocker !== null && isAccessDenied(blocker.failure)
    return isDenied ? { ...request, blocker: { ...blocker, failure: located(blocker.failure) } } : request
  }
  return {
    verdict,
    region,
    requests: isReplica ? requests.map(locatedRequest) : requests,
    ending,
    outage: outage?.failure ?? null,
    goal,
    permissionSets: rolloutArns(last).map((arn) => permissionSetIn(last, arn)),
    othersInProgress: others.unidentified.size,
    knowsProgress: knowsProgress(last),
    failures: verdict === 'timed-out' || verdict === 'error' ? distinct(failuresIn(last).map(located)) : [],
    accountsBehind: hasAccountsBehind.has(verdict) ? accountsBehindIn(last) : new Map(),
    names,
    startedAt,
    elapsedMs,
    problems: [],
  }
}

const hasAccountsBehind: ReadonlySet<Verdict> = new Set(['failed', 'incomplete', 'timed-out'])

/** The accounts that are behind as of the last look, or later. What was listed before that may be out of date. */
function accountsBehindIn(last: Snapshot): Map<string, readonly string[]> {
  const arns = [...last.rollouts].filter(([, { listedAtMs }]) => listedAtMs !== null && listedAtMs >= last.lookedAtMs)
  const behind = arns.map(([arn]) => [arn, accountsBehind(last, arn)] as const)
  return new Map(behind.filter(([, accounts]) => accounts.length > 0))
}

function permissionSetIn(last: Snapshot, arn: string): PermissionSet {
  const { behind = null, total = null } = last.rollouts.get(arn) ?? {}
  const targets = targetsOf(last, arn)
  return {
    arn,
    behind: behind === null ? null : accountsBehind(last, arn),
    targets,
    total: targets === null ? total : null,
  }
}

/** Why something could not be read that is not a request: the lists of requests in progress, and those of accounts. */
function failuresIn(last: Snapshot): CallFailure[] {
  const { goal, lists, others, rollouts } = last
  const listed = operationNames.filter((name) => watches(goal, name)).flatMap((name) => lists[name].failure ?? [])
  const accounts = rolloutArns(last).flatMap((arn) => rollouts.get(arn)?.blocker?.failure ?? [])
  // A rollout can do without the lists of requests.
  const judged =
    goal.until === 'idle'
      ? [...listed, others.failure].filter((failure) => failure !== null)
      : [...accounts, ...listed.filter((failure) => !isAccessDenied(failure))]
  return [...finalFailures(last), ...judged]
}

/** Each failure once: of those that every call meets, one for each title, and of the others, one for each message. */
function distinct(failures: readonly CallFailure[]): CallFailure[] {
  const keyOf = ({ message, scope, title }: CallFailure) => (scope === 'every-call' ? title : message)
  return [...Map.groupBy(failures, keyOf).values()].flatMap(([first]) => first ?? [])
}

/** The outcome when the inputs are wrong: AWS was not asked. */
export function invalidInputs(problems: readonly string[], startedAt: Date): Outcome {
  return {
    verdict: 'error',
    region: '',
    requests: [],
    ending: null,
    outage: null,
    goal: toTheEnd,
    permissionSets: [],
    othersInProgress: 0,
    knowsProgress: true,
    failures: [],
    accountsBehind: new Map(),
    names: new Map(),
    startedAt,
    elapsedMs: 0,
    problems,
  }
}

/** The outcome when the job was cancelled before the inputs were read: AWS was not asked. */
export function cancelledBefore(startedAt: Date): Outcome {
  return { ...invalidInputs([], startedAt), verdict: 'cancelled', ending: 'cancelled' }
}

/** The outcome of an unexpected error, which is a defect of the action. The report still says what was known before it. */
export function internalError(error: unknown, before: Outcome, secrets: Secrets): Outcome {
  const { name, message } = factsOf(error, secrets)
  const text = `${defect.title} (${name}: ${message})`
  const outage: CallFailure = { effect: 'refused', scope: 'every-call', code: 'defect', message: text, ...defect }
  return { ...before, verdict: 'error', ending: null, outage, problems: [text] }
}

/** The requests whose status is FAILED. */
export function failedOf({ requests }: Outcome): RequestState[] {
  return requests.filter((request) => statusOf(request) === 'FAILED')
}

/** The failed requests that the verdict is about. How requests of others end matters only to a rollout, and only if the step fails. */
export function decisiveFailuresOf(outcome: Outcome): RequestState[] {
  const othersMatter = outcome.goal.until === 'rolled-out' && !passes(outcome.verdict)
  return failedOf(outcome).filter(({ origin }) => origin === 'given' || othersMatter)
}

/** The requests that were in progress when AWS last gave a status, and that were not given up. */
export function unfinishedOf({ requests }: Outcome): RequestState[] {
  return requests.filter(isInProgress)
}

/** The requests without a status, and those that were given up before their end. */
export function unreadOf({ requests }: Outcome): RequestState[] {
  return requests.filter((request) => request.phase !== 'ended' && !isInProgress(request))
}

function isInProgress(request: RequestState): boolean {
  return request.phase === 'in-progress' && !isUnreadable(request)
}

/** The most urgent requests first: failed, then unreadable, then unfinished, then succeeded. Each group is in the order given. */
export function byUrgency(requests: readonly RequestState[]): RequestState[] {
  return requests.toSorted((a, b) => urgencyOf(a) - urgencyOf(b))
}

function urgencyOf(request: RequestState): number {
  if (request.phase === 'ended') return request.status === 'FAILED' ? 0 : 3
  return isUnreadable(request) ? 1 : 2
}

/** The IDs of all accounts that are behind with any permission set, sorted. */
export function everyAccountBehind({ accountsBehind }: Outcome): string[] {
  return [...new Set([...accountsBehind.values()].flat())].sort()
}
