import { operationNames } from '../../../src/requests/request.ts'
import type { PermissionSetFinding } from '../../../src/wait/rules.ts'
import { countingOutOfDate, type PermissionSetState } from '../../../src/wait/state/permission-set-state.ts'
import { permissionSetOf, type State } from '../../../src/wait/state/state.ts'
import { busiest, Model, type ModelWait, type NumberedPlan, throttled } from './model.ts'
import { accountCount, lieMs, type Scene, type Schedule, sceneOf } from './rollout-schedule.ts'
import { type Truth, truthOf } from './rollout-truth.ts'
import { broken, type Rules, rulesOfAny } from './schedule.ts'

/** A wait through a schedule. */
interface Run extends Scene {
  readonly schedule: Schedule
  readonly model: Model
  readonly ended: ModelWait
}

async function runOf(schedule: Schedule): Promise<Run> {
  const scene = sceneOf(schedule)
  const model = new Model(scene.options)
  const { cancelAtMs, pollIntervalMs, timeoutMs } = schedule
  const ended = await model.wait({ goal: scene.goal, timeoutMs, cancelAtMs, pollIntervalMs })
  return { ...scene, schedule, model, ended }
}

/** The virtual clock begins with it, so that it is when a wait begins. */
const startMs = 1_000
/** Accounts have to be out of date for so long before that is believed. */
const toleratedMs = 30_000

/** What was known when the wait was over. What is read after that only adds to the report. */
function decidedFrom({ last, states }: ModelWait): State {
  return states.findLast(({ isOver }) => !isOver) ?? last.state
}

/** What a wait may say only if it was so, at a moment that its evidence shows. */
function rulesOfTruth({ ended, goal, isBlind, isLiedTo, isQuiet, model, plans, schedule }: Run): Rules {
  const { accountsLagMs, late, latencyMs, pollIntervalMs, quota } = schedule
  const { until, wait } = goal
  const { last, verdict } = ended
  const state = decidedFrom(ended)
  const { instance } = model.service
  const endMs = startMs + last.elapsedMs
  const truth = truthOf(model.service, goal, plans, isBlind)
  const inScope = until === 'idle' ? undefined : operationNames[0]
  const { arns, exists, isExplained, isFree, isIdle, isOutOfDate, isUpToDate } = truth
  /** Whether something was so since a time of the wait, or a little before, as lists can be out of date. */
  const was = (isSo: Truth, sinceMs: number, lagMs = 0) =>
    truth.wasEver(isSo, startMs + sinceMs - late.byMs - lagMs, endMs)

  // The readings that agree show what was so when they began, or a little before. If there is no lie, the last one does.
  // It is known since the end of a reading, and is as old as its start. A reading has some pages.
  const startOf = (sinceMs: number | null) => (sinceMs === null ? null : sinceMs - 5 * latencyMs)
  const readMs = (arn: string) => {
    const { readAtMs, upToDateSinceMs } = permissionSetOf(state, arn)
    return (isLiedTo ? startOf(upToDateSinceMs) : readAtMs) ?? last.elapsedMs
  }
  const listedSinceMs = state.judgement.freeSinceMs ?? last.elapsedMs
  const listedMs = isLiedTo ? listedSinceMs : state.lookedAtMs
  const { readAtMs: setsReadAtMs, sinceMs: setsSinceMs } = state.instance
  const setsReadMs = (isLiedTo ? startOf(setsSinceMs) : setsReadAtMs) ?? last.elapsedMs
  // A look reads one list after the other. Those of accounts can be older than those of requests. So they show different moments.
  const wasSeenOf = (arn: string) => {
    const sinceMs = Math.min(readMs(arn), listedMs)
    if (accountsLagMs + late.byMs === 0) return was((atMs) => isFree(arn)(atMs) && isUpToDate(arn)(atMs), sinceMs)
    return was(isFree(arn), sinceMs) && was(isUpToDate(arn), readMs(arn), accountsLagMs)
  }
  // If AWS does not know a permission set, and a lie leaves it out of the list too, it is as good as deleted.
  const wasDenied = (arn: string) => {
    const { blocker } = permissionSetOf(state, arn)
    return blocker?.kind === 'passing' && blocker.absentSinceMs !== null
  }
  const wasMissing = (arn: string) => (isLiedTo && wasDenied(arn)) || was((atMs) => !exists(arn)(atMs), setsReadMs)
  const wasSeen =
    until === 'idle'
      ? operationNames.every((operation) => was(isIdle(operation), listedMs))
      : arns.every((arn) => (state.scope.permissionSetArns.has(arn) ? wasSeenOf(arn) : wasMissing(arn)))

  const trueRequests = plans.map(({ operation, requestId }) => instance.find(operation, requestId, endMs))
  const hasEnded = (status: string) => trueRequests.map((own) => own?.finalStatus === status && own.endsMs <= endMs)
  const isDone: Truth = (atMs) =>
    until === 'idle'
      ? isIdle(inScope)(atMs)
      : arns.every((arn) => !exists(arn)(atMs) || (isFree(arn)(atMs) && isUpToDate(arn)(atMs)))
  const isSlow = quota !== null && quota.perSecond - quota.others < 4
  const isThrottled = quota !== null || schedule.tampers.length > 0
  const settleMs =
    10_000 + (pollIntervalMs ?? 0) + accountsLagMs + late.byMs + 40 * latencyMs + (isThrottled ? 40_000 : 0)
  const settledMs = last.elapsedMs - settleMs
  const isSoForLong =
    isQuiet &&
    !isSlow &&
    settledMs > 0 &&
    trueRequests.every((own) => own !== undefined && own.endsMs < startMs + settledMs) &&
    !truth.wasEver((atMs) => !isDone(atMs), startMs + settledMs, endMs)

  const settled = [...state.judgement.permissionSets].filter(
    ([, { finding, isSettled }]) => finding === 'out-of-date' && isSettled,
  )
  /** Whether it was as the wait has found it: nothing in progress, accounts out of date for long enough, or a failure that explains them. */
  const wasOutOfDate = ([arn, { explainedBy }]: [string, PermissionSetFinding]) => {
    const permissionSet = permissionSetOf(state, arn)
    const readAtMs = permissionSet.readAtMs ?? 0
    // The list before a lie may be as much older as looks are apart.
    const lyingMs = isLiedTo ? lieMs + 4_000 + (pollIntervalMs ?? 0) : 0
    const seenMs = Math.min(readAtMs, state.lookedAtMs) - lyingMs
    const accounts = countingOutOfDate(permissionSet).filter((id) => was(isOutOfDate(arn, id), seenMs, accountsLagMs))
    // A difference of fractions can be a little less than it is.
    const isLasting = (id: string) => !wait || readAtMs - (permissionSet.outOfDate?.get(id) ?? 0) > toleratedMs - 0.001
    return (
      was(isFree(arn), seenMs) &&
      (explainedBy.length > 0 && verdict === 'failed'
        ? accounts.some((id) => was(isExplained(arn, id), seenMs))
        : accounts.some(isLasting))
    )
  }
  /** Whether the failure of a given request matters only through the accounts that it leaves out of date. */
  const isForgiven = (own: NumberedPlan) => goal.ignoredAccounts.length > 0 && own.operation === operationNames[0]
  const hasFailed = plans.some((own, index) => !isForgiven(own) && hasEnded('FAILED')[index])
  const mayHaveFailed = hasFailed || (!isQuiet && hasEnded('FAILED').includes(true))
  const isJudged = verdict === 'incomplete' || (verdict === 'failed' && !mayHaveFailed)
  const wasFailureSaid = model.said.some(
    ({ by, requestId, status }) =>
      by === 'describe' && status === 'FAILED' && plans.some((own) => own.requestId === requestId && !isForgiven(own)),
  )
  const wasGivenInProgress = trueRequests.some((own) => own !== undefined && own.endsMs > startMs - late.byMs)
  return {
    'succeeded, although it was not so': verdict === 'succeeded' && !wasSeen,
    'succeeded, although a given request has not':
      verdict === 'succeeded' &&
      plans.some((own, index) => !hasEnded('SUCCEEDED')[index] && !(isForgiven(own) && hasEnded('FAILED')[index])),
    'failed without a request that has':
      verdict === 'failed' && !mayHaveFailed && !settled.some(([, { explainedBy }]) => explainedBy.length > 0),
    [`${verdict}, although no account was out of date for it`]: isJudged && !settled.every(wasOutOfDate),
    'in-progress, although nothing was':
      verdict === 'in-progress' && !wasGivenInProgress && !was((atMs) => !isIdle(inScope)(atMs), 0),
    'incomplete before 30 s': verdict === 'incomplete' && wait && last.elapsedMs < toleratedMs,
    'timed-out, although it was so for long': verdict === 'timed-out' && isSoForLong,
    'one look takes long': !wait && isQuiet && !isSlow && last.elapsedMs > settleMs,
    [`${verdict}, although AWS said that a given request has failed`]:
      verdict !== 'failed' && verdict !== 'cancelled' && wasFailureSaid,
    'timed-out without a cause':
      verdict === 'timed-out' &&
      state.judgement.finding === 'partial' &&
      last.elapsedMs > 10_000 &&
      // The last look was not cut short, by what takes long or by throttles, which slow all calls for some seconds.
      state.scope.permissionSetArns.size <= 2 &&
      pollIntervalMs !== 300_000 &&
      late.byMs === 0 &&
      latencyMs < 2_000 &&
      state.judgement.settlesAtMs === null &&
      !model.service.calls.some(
        ({ at, outcome }) => at >= Math.min(state.lookedAtMs, schedule.timeoutMs - 5_000) && outcome === throttled.code,
      ) &&
      ended.waited.ending.unread.length === 0 &&
      // What was seen to end in the last look, or shortly before the deadline, needs further ones.
      !last.requests.some(
        (request) =>
          request.phase === 'ended' && request.endedAtMs >= Math.min(state.lookedAtMs, schedule.timeoutMs - 5_000),
      ) &&
      [...state.judgement.permissionSets.values()].every(({ finding }) => finding !== 'out-of-date') &&
      last.requests.every(({ blocker }) => blocker === null) &&
      // A permission set that was first listed so late needs two readings.
      (state.instance.sinceMs ?? 0) < schedule.timeoutMs - 5_000 &&
      // The title says how many requests AWS names no permission set of.
      ![...state.others.values()].some(({ subject }) => subject.kind === 'not-said'),
    'error, although AWS answers': verdict === 'error' && isQuiet,
  }
}

/** How old what a verdict rests on may be, when a wait has to end, and what it may cost. */
function rulesOfTime({ ended, isQuiet, model, plans, schedule }: Run): Rules {
  const { foreign, pageSize, pollIntervalMs, wait } = schedule
  const { states, verdict } = ended
  const state = decidedFrom(ended)
  const looksMs = [...new Set(states.map(({ lookedAtMs }) => lookedAtMs))]
  const freshMs = Math.min(looksMs.at(-2) ?? 0, state.lookedAtMs - 200 * state.scope.permissionSetArns.size)
  const isOld = (arn: string) => (permissionSetOf(state, arn).readAtMs ?? 0) < freshMs
  const { permissionSetArns: arns } = state.scope
  const isTwice = ({ readAtMs, upToDateSinceMs }: PermissionSetState) =>
    (readAtMs ?? 0) - (upToDateSinceMs ?? 0) >= 2_000
  const { readAtMs, sinceMs } = state.instance
  const isListedTwice = !state.scope.followsInstance || (readAtMs ?? 0) - (sinceMs ?? 0) >= 2_000
  const isConfirmed =
    schedule.until === 'idle'
      ? state.lookedAtMs - (state.judgement.freeSinceMs ?? 0) >= 2_000
      : [...arns].every((arn) => isTwice(permissionSetOf(state, arn))) && isListedTwice
  const requests = plans.length + foreign.length
  const pagesOf = (rows: number) => Math.ceil((rows + 1) / pageSize)
  const sets = state.permissionSets.items
  const changing = sets.filter(({ caughtUpAtMs, outOfDate }) => caughtUpAtMs !== null || (outOfDate?.size ?? 0) > 0)
  const looksAMinute = pollIntervalMs === 500 ? 121 : 65
  const callsOfLook =
    plans.length +
    state.scope.lists.length * pagesOf(requests) +
    changing.length * pagesOf(accountCount) +
    (state.scope.followsInstance ? pagesOf(sets.length) : 0)
  return {
    'succeeded by one reading': verdict === 'succeeded' && wait && !isConfirmed,
    'succeeded by readings that are too old':
      verdict === 'succeeded' && wait && schedule.until === 'rolled-out' && [...arns].some(isOld),
    'succeeded by a list of permission sets that is too old':
      verdict === 'succeeded' && state.scope.followsInstance && wait && (state.instance.readAtMs ?? 0) < freshMs,
    'more calls in a minute than looks, and what is new or has changed, take':
      isQuiet && busiest(model.calls, 60_000) > looksAMinute * callsOfLook + 5 * (sets.length + requests),
    // After trouble, pauses grow to 20 s, however long the interval is.
    'looks much more often than it was to': pollIntervalMs === 300_000 && looksMs.length > 18 + 6 * requests,
    'more observations than calls and looks': states.length > model.calls.length + 3 * looksMs.length + 10,
  }
}

/** What is optional never changes the verdict, nor its time by more than the rate limit and the next look take. */
async function rulesOfOptional({ schedule }: Run): Promise<Rules> {
  if (schedule.optionalFault === null) return {}
  // Where something begins or fails at a time, a wait that is a moment later may see something else.
  const calm: Schedule = {
    ...schedule,
    foreign: schedule.foreign.filter(({ beginsInSeconds = 0 }) => beginsInSeconds <= 0),
    accountChanges: [],
    deletedAfterSeconds: Number.POSITIVE_INFINITY,
    instance: schedule.instance?.map(({ behind = 0 }) => ({ behind })) ?? null,
    late: { ...schedule.late, share: 1 },
    quota: null,
    cancelAtMs: null,
    timeoutMs: 120_000,
    spells: [],
    tampers: [],
    lieFromMs: null,
  }
  const [fails, works] = [await runOf(calm), await runOf({ ...calm, optionalFault: null })].map(({ ended }) => ended)
  const laterMs = (fails?.last.elapsedMs ?? 0) - (works?.last.elapsedMs ?? 0)
  const { late, latencyMs, pollIntervalMs } = schedule
  // With lists that are out of date, it depends on the time of a look which of them, or which Describe, first shows an end.
  const boundMs = 5_000 + 2 * latencyMs + late.byMs + (pollIntervalMs ?? 0)
  return {
    [`${fails?.verdict} instead of ${works?.verdict}, by a call that is optional`]: fails?.verdict !== works?.verdict,
    [`${laterMs} ms later, by a call that is optional`]: Math.abs(laterMs) > boundMs,
  }
}

/** The rules that a wait through a schedule breaks. */
export async function brokenRules(schedule: Schedule): Promise<string[]> {
  const run = await runOf(schedule)
  const rules = [rulesOfTruth(run), rulesOfTime(run), await rulesOfOptional(run)]
  return [...rules, rulesOfAny(schedule, run.model, run.ended)].flatMap(broken)
}
