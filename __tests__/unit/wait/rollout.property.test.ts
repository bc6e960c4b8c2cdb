import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Fault } from '../../../simulator/faults.ts'
import type { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import type { Plan } from '../../../simulator/settings.ts'
import { accountsBehind, requestsInProgress, wasEver } from '../../../simulator/truth.ts'
import { type Goal, toTheEnd } from '../../../src/requests/goal.ts'
import { type OperationName, operationNames } from '../../../src/requests/request.ts'
import { isGiven, type RequestState, statusOf } from '../../../src/wait/state/request-state.ts'
import { permissionSetOf } from '../../../src/wait/state/state.ts'
import { permissionSetArn } from '../examples.ts'
import {
  busiestSecond,
  type CallName,
  denied,
  failures,
  Model,
  type ModelCall,
  meets,
  type NumberedPlan,
  patched,
  plan,
  throttled,
  unclear,
  withGaps,
} from './model.ts'
import { numRuns, rulesOfLog, seed } from './schedule.ts'

const otherArn = `${permissionSetArn.slice(0, -1)}0`
const callNames = ['describe', 'list', 'accounts', 'name'] as const
const seconds = (max: number) => fc.nat({ max: max * 10 }).map((tenths) => tenths / 10)

/** A provisioning or an assignment of somebody. It begins before the wait or during it. */
const anyPlan: fc.Arbitrary<Plan> = fc.record(
  {
    operation: fc.constantFrom(operationNames[0], operationNames[0], operationNames[0], ...operationNames),
    permissionSetArn: fc.constantFrom(permissionSetArn, permissionSetArn, otherArn),
    seconds: fc.oneof(seconds(10), seconds(60)),
    status: fc.constantFrom('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'),
    accountId: fc.constantFrom('111122223333', '111122223335'),
    accountsBehind: fc.constantFrom(0, 0, 1, 2),
    beginsInSeconds: seconds(40),
    withoutChange: fc.boolean(),
  },
  { requiredKeys: ['operation', 'permissionSetArn', 'seconds', 'status'] },
)

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...failures, throttled, unclear).map(meets) },
  { weight: 1, arbitrary: fc.constant<Fault>({ kind: 'hang' }) },
)

const anySchedule = fc.record({
  until: fc.constantFrom('rolled-out', 'rolled-out', 'idle'),
  wait: fc.constantFrom(true, true, true, false),
  permissionSetArns: fc.constantFrom<string[]>([permissionSetArn], [permissionSetArn, otherArn], []),
  given: fc.array(anyPlan, { maxLength: 2 }),
  foreign: fc.array(anyPlan, { maxLength: 6 }),
  behind: fc.constantFrom(0, 0, 0, 1, 3),
  accountsLagMs: fc.constantFrom(0, 0, 0, 1_000, 10_000),
  staleMs: fc.constantFrom(0, 0, 500, 8_000),
  latencyMs: fc.constantFrom(1, 50, 300, 2_000),
  pageSize: fc.constantFrom(2, 100),
  pollIntervalMs: fc.constantFrom(null, null, null, 500, 300_000),
  cancelAtMs: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 60_000 }) }),
  timeoutMs: fc.oneof(fc.constant(120_000), fc.integer({ min: 1, max: 60_000 })),
  spells: fc.array(
    fc.record({
      calls: fc.constantFrom<CallName>(...callNames),
      fault: anyFault,
      fromMs: fc.nat({ max: 60_000 }),
      lengthMs: fc.oneof(fc.nat({ max: 5_000 }), fc.constant(200_000)),
      every: fc.constantFrom(1, 1, 2, 3),
    }),
    { maxLength: 2 },
  ),
  /** A lie leaves rows out of lists. It is too short for two looks. */
  lie: fc.constantFrom(
    patched((value) => (Array.isArray(value) ? [] : value)),
    withGaps(2),
  ),
  lieFromMs: fc.option(fc.nat({ max: 60_000 }), { freq: 2 }),
})
type Schedule = typeof anySchedule extends fc.Arbitrary<infer T> ? T : never

/** Less than the time between two looks that have to agree. */
const lieMs = 1_900

function faultsOf({ lie, lieFromMs, spells, staleMs }: Schedule): (call: ModelCall) => Fault | null {
  return ({ atMs, name, number }) => {
    const spell = spells.find(
      ({ calls, every, fromMs, lengthMs }) =>
        calls === name && atMs >= fromMs && atMs < fromMs + lengthMs && number % every === 0,
    )
    if (spell !== undefined) return spell.fault
    if (name === 'describe' || name === 'name') return null
    if (lieFromMs !== null && atMs >= lieFromMs && atMs < lieFromMs + lieMs) return lie
    return staleMs > 0 ? { kind: 'stale', byMs: staleMs } : null
  }
}

type Truth = (atMs: number) => boolean

/** What is really so of a permission set, or, without one, of the instance. */
function truthOf({ instance }: InProcessIdentityCenter, goal: Goal, plans: readonly NumberedPlan[], isBlind: boolean) {
  const { permissionSetArns, until } = goal
  const provisionings = plans.filter(({ operation }) => operation === 'provision-permission-set')
  const arns = [...new Set([...permissionSetArns, ...provisionings.map((own) => own.permissionSetArn ?? '')])]
  const isRollout = until === 'rolled-out'
  // If only single accounts were provisioned, only those count.
  const counts = (arn: string, accountId: string) => {
    const own = provisionings.filter(({ permissionSetArn: its }) => its === arn && !permissionSetArns.includes(arn))
    return own.length === 0 || own.some((each) => (each.accountId ?? accountId) === accountId)
  }
  const isIdle = (about: readonly string[], operation?: OperationName): Truth => {
    const query = { ...(about.length > 0 && { permissionSetArns: about }), ...(operation && { operation }) }
    return (atMs) => requestsInProgress(instance, atMs, query).length === 0
  }
  return {
    arns,
    /** Whether nothing is in progress that the goal is about. */
    isIdle: isIdle(arns, isRollout ? 'provision-permission-set' : undefined),
    isIdleIn: (operation: OperationName) => isIdle(arns, operation),
    /** Whether nothing is in progress for a permission set. If the role may not see it, a rollout is judged by its accounts. */
    isFree: (arn: string): Truth => (isBlind ? () => true : isIdle([arn], 'provision-permission-set')),
    isUpToDate:
      (arn: string): Truth =>
      (atMs) =>
        !accountsBehind(instance, arn, atMs).some((id) => counts(arn, id)),
  }
}

/** Whether a request is FAILED that was given, or that explains accounts that are out of date. */
function hasFailed(requests: readonly RequestState[], explainedBy: readonly RequestState[]): boolean {
  return explainedBy.length > 0 || requests.some((request) => isGiven(request) && statusOf(request) === 'FAILED')
}

/** The rules that a wait through a schedule breaks. */
async function brokenRules({ lieFromMs: lie, ...schedule }: Schedule): Promise<string[]> {
  const {
    accountsLagMs,
    behind,
    cancelAtMs,
    pollIntervalMs,
    foreign,
    given,
    latencyMs,
    pageSize,
    spells,
    staleMs,
    timeoutMs,
    until,
    wait,
  } = schedule
  // A single look has to believe what AWS says.
  const lieFromMs = wait ? lie : null
  const plans = until === 'idle' ? [] : given.map((own, index) => plan(index + 1, { ...own, beginsInSeconds: 0 }))
  const isAlone = until === 'rolled-out' && plans.length === 0
  const goal: Goal = {
    ...toTheEnd,
    until,
    wait,
    permissionSetArns: isAlone ? [permissionSetArn] : schedule.permissionSetArns,
  }
  const model = new Model({
    plans,
    foreign,
    pageSize,
    accounts: 5,
    latencyMs,
    fault: faultsOf({ ...schedule, lieFromMs }),
    settings: { accountsLagMs, permissionSets: [{ arn: permissionSetArn, behind }, { arn: otherArn }] },
  })
  const ended = await model.wait({ goal, timeoutMs, cancelAtMs, pollIntervalMs })
  const { verdict, last, tookMs, waited } = ended
  const { state } = last

  const { instance } = model.service
  const startMs = 1_000
  const endMs = startMs + last.elapsedMs
  const isBlind = spells.some(
    ({ calls, fault }) => calls !== 'accounts' && 'code' in fault && fault.code === denied.code,
  )
  const { arns, isFree, isIdle, isIdleIn, isUpToDate } = truthOf(model.service, goal, plans, isBlind)
  const isDone: Truth = (atMs) =>
    until === 'idle' ? isIdle(atMs) : arns.every((arn) => isFree(arn)(atMs) && isUpToDate(arn)(atMs))
  const momentsFrom = (fromMs: number) => Array.from({ length: 50 }, (_, n) => endMs - ((endMs - fromMs) * n) / 50)
  const was = (isSo: Truth, fromMs: number) =>
    wasEver(instance, [fromMs, endMs], isSo) || momentsFrom(fromMs).some(isSo)

  // The readings that agree show what was so when they began, or a little before. If there is no lie, the last one does.
  const evidenceMs = (arn: string) => {
    const { readAtMs, upToDateSinceMs } = permissionSetOf(state, arn)
    return startMs - staleMs + ((lieFromMs === null ? readAtMs : upToDateSinceMs) ?? last.elapsedMs)
  }
  const listedMs = startMs - staleMs + (lieFromMs === null ? state.lookedAtMs : state.judgement.sinceMs)
  // A look reads one list after the other. Those of accounts can be older than those of requests. So they show different moments.
  const wasSeenOf = (arn: string) =>
    accountsLagMs === 0
      ? was((atMs) => isFree(arn)(atMs) && isUpToDate(arn)(atMs), Math.min(evidenceMs(arn), listedMs))
      : was(isFree(arn), Math.min(evidenceMs(arn), listedMs)) && was(isUpToDate(arn), evidenceMs(arn) - accountsLagMs)
  const wasSeen =
    until === 'idle' ? operationNames.every((operation) => was(isIdleIn(operation), listedMs)) : arns.every(wasSeenOf)
  const hasSucceeded = ({ operation = 'provision-permission-set', requestId }: NumberedPlan) => {
    const request = instance.find(operation, requestId, endMs)
    return request?.finalStatus === 'SUCCEEDED' && request.endsMs <= endMs
  }
  const settleMs = 10_000 + (pollIntervalMs ?? 0) + accountsLagMs + staleMs + 40 * latencyMs
  const isQuiet = spells.length === 0 && lieFromMs === null && last.elapsedMs > settleMs
  const hasEndedLongAgo = ({ seconds = 0 }: Plan) => seconds * 1_000 < last.elapsedMs - settleMs
  const isSoForLong = isQuiet && plans.every(hasEndedLongAgo) && momentsFrom(endMs - settleMs).every(isDone)
  // What was said to be out of date for good really was, at a moment since the readings that agree, and nothing was in progress for it.
  const settled = [...state.judgement.permissionSets].flatMap(([arn, { finding, isSettled }]) =>
    finding === 'out-of-date' && isSettled ? [arn] : [],
  )
  const isRefuted = (arn: string) => {
    const fromMs = startMs + (permissionSetOf(state, arn).readAtMs ?? 0) - staleMs
    return (
      !was(isFree(arn), fromMs - (wait ? 30_000 : 0)) || !was((atMs) => !isUpToDate(arn)(atMs), fromMs - accountsLagMs)
    )
  }
  const rules = Object.entries({
    'succeeded, although it was not so': verdict === 'succeeded' && !wasSeen,
    'succeeded, although a given request has not': verdict === 'succeeded' && !plans.every(hasSucceeded),
    'timed-out, although it was so for long': verdict === 'timed-out' && isSoForLong,
    'incomplete, although it was not so': verdict === 'incomplete' && lieFromMs === null && settled.some(isRefuted),
    'failed without a request that has': verdict === 'failed' && !hasFailed(last.requests, waited.ending.explainedBy),
    'incomplete before 30 s': verdict === 'incomplete' && wait && last.elapsedMs < 30_000,
    'timed-out before the deadline': verdict === 'timed-out' && last.elapsedMs < timeoutMs,
    'in-progress, although it was to wait': verdict === 'in-progress' && wait,
    'over too late': tookMs > timeoutMs + 3_805,
    'over late after the cancellation': cancelAtMs !== null && tookMs > Math.max(cancelAtMs, last.elapsedMs) + 5,
    'cancelled, although nobody did':
      verdict === 'cancelled' && last.elapsedMs < (cancelAtMs ?? Number.POSITIVE_INFINITY),
    'more than ten calls in a second': busiestSecond(model.calls) > 10,
    'a timer is left': model.clock.sleeping > 0,
  })
  return [...rules.flatMap(([rule, isBroken]) => (isBroken ? [rule] : [])), ...rulesOfLog(ended)]
}

test('with any events, a wait for a state ends in time and says only what was so', async () => {
  await fc.assert(
    fc.asyncProperty(anySchedule, async (schedule) => {
      expect(await brokenRules(schedule)).toEqual([])
    }),
    { numRuns, seed },
  )
}, 86_400_000)
