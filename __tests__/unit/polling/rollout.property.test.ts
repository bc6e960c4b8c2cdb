import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AsyncRequest } from '../../../simulator/async-request.ts'
import type { Fault } from '../../../simulator/faults.ts'
import type { Plan } from '../../../simulator/settings.ts'
import { accountsBehind, requestsInProgress, wasEver } from '../../../simulator/truth.ts'
import type { Goal } from '../../../src/goal.ts'
import { operationNames } from '../../../src/request.ts'
import { permissionSetArn } from '../examples.ts'
import {
  busiestSecond,
  type CallName,
  denied,
  Model,
  type ModelCall,
  meets,
  patched,
  plan,
  throttled,
  troubles,
  unclear,
} from './model.ts'

/** `SCHEDULES=100000` runs this many random schedules. `SEED=7` chooses other schedules. */
const numRuns = Number(process.env['SCHEDULES'] ?? 300)
const seed = Number(process.env['SEED'] ?? 20_261_124)

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

const anyTrouble = fc.constantFrom(...troubles, throttled, unclear).map(meets)

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
  timeoutMs: fc.oneof(fc.constant(120_000), fc.integer({ min: 1, max: 60_000 })),
  spells: fc.array(
    fc.record({
      calls: fc.constantFrom<CallName>(...callNames),
      fault: anyTrouble,
      fromMs: fc.nat({ max: 60_000 }),
      lengthMs: fc.oneof(fc.nat({ max: 5_000 }), fc.constant(200_000)),
      every: fc.constantFrom(1, 1, 2, 3),
    }),
    { maxLength: 2 },
  ),
  /** A lie empties lists. It is too short for two looks. */
  lieFromMs: fc.option(fc.nat({ max: 60_000 })),
})
type Schedule = typeof anySchedule extends fc.Arbitrary<infer T> ? T : never

/** Less than the time between two looks that have to agree. */
const lieMs = 1_900
const empty = patched((value) => (Array.isArray(value) ? [] : value))

function faultsOf({ lieFromMs, spells, staleMs }: Schedule): (call: ModelCall) => Fault | null {
  return ({ atMs, name, number }) => {
    const spell = spells.find(
      ({ calls, every, fromMs, lengthMs }) =>
        calls === name && atMs >= fromMs && atMs < fromMs + lengthMs && number % every === 0,
    )
    if (spell !== undefined) return spell.fault
    if (name === 'describe' || name === 'name') return null
    if (lieFromMs !== null && atMs >= lieFromMs && atMs < lieFromMs + lieMs) return empty
    return staleMs > 0 ? { kind: 'stale', byMs: staleMs } : null
  }
}

/** The rules that a wait through a schedule breaks. */
async function brokenRules({ lieFromMs: at, ...given }: Schedule): Promise<string[]> {
  // A single look has to believe what AWS says.
  const lieFromMs = given.wait ? at : null
  const schedule = { ...given, lieFromMs }
  const { accountsLagMs, behind, foreign, latencyMs, pageSize, staleMs, timeoutMs, until, wait } = schedule
  const plans =
    until === 'idle' ? [] : schedule.given.map((own, index) => plan(index + 1, { ...own, beginsInSeconds: 0 }))
  const permissionSetArns =
    until === 'rolled-out' && plans.length === 0 ? [permissionSetArn] : schedule.permissionSetArns
  const goal: Goal = { until, wait, permissionSetArns }
  const model = new Model({
    plans,
    foreign,
    pageSize,
    accounts: 5,
    latencyMs,
    fault: faultsOf(schedule),
    settings: { accountsLagMs, permissionSets: [{ arn: permissionSetArn, behind }, { arn: otherArn }] },
  })
  const { verdict, last, snapshots, tookMs } = await model.wait({ goal, timeoutMs })

  const { instance } = model.service
  const endMs = 1_000 + last.elapsedMs
  const arns = [
    ...new Set([
      ...permissionSetArns,
      ...plans
        .filter(({ operation }) => operation === 'provision-permission-set')
        .map((own) => own.permissionSetArn ?? ''),
    ]),
  ]
  const about = {
    ...(arns.length > 0 && { permissionSetArns: arns }),
    ...(until === 'rolled-out' && { operation: 'provision-permission-set' as const }),
  }
  const isIdle = (atMs: number) => requestsInProgress(instance, atMs, about).length === 0
  // If only single accounts were provisioned, only those count.
  const counts = (arn: string, accountId: string) => {
    const own = permissionSetArns.includes(arn) ? [] : plans.filter((each) => each.permissionSetArn === arn)
    return own.length === 0 || own.some((each) => (each.accountId ?? accountId) === accountId)
  }
  // If the role may not see what is in progress, a rollout is judged by its accounts.
  const isBlind = schedule.spells.some(
    ({ calls, fault }) => calls !== 'accounts' && fault.kind === 'error' && fault.code === denied.code,
  )
  const isDone = (atMs: number) =>
    (isIdle(atMs) || (isBlind && until === 'rolled-out')) &&
    (until === 'idle' ||
      !arns.some((arn) => accountsBehind(instance, arn, atMs).some((accountId) => counts(arn, accountId))))
  // The looks that agree show what was so from a little before they began. If there is no lie, the last one does.
  const { sinceMs } = last.agreement
  const looked = lieFromMs === null ? last : snapshots.find(({ agreement }) => agreement.sinceMs === sinceMs)
  const fromMs = 1_000 + (looked?.lookedAtMs ?? 0) - accountsLagMs - staleMs
  const settleMs = 10_000 + accountsLagMs + staleMs + 40 * latencyMs
  const isQuiet = schedule.spells.length === 0 && lieFromMs === null
  const momentsFrom = (ms: number) => Array.from({ length: 50 }, (_, index) => endMs - ((endMs - ms) * index) / 50)
  const wasDone = wasEver(instance, [fromMs, endMs], isDone) || momentsFrom(fromMs).some(isDone)
  const isOver = ({ finalStatus, endsMs }: AsyncRequest) => finalStatus === 'SUCCEEDED' && endsMs <= endMs
  return Object.entries({
    'succeeded, although it was not so': verdict === 'succeeded' && !wasDone,
    'succeeded, although a request that was given has not':
      verdict === 'succeeded' &&
      !plans.every((own) => {
        const r = instance.find(own.operation, own.requestId, endMs)
        return r !== undefined && isOver(r)
      }),
    'timed-out, although it was so for long':
      verdict === 'timed-out' &&
      isQuiet &&
      plans.every(({ seconds = 0 }) => seconds * 1_000 < last.elapsedMs - settleMs) &&
      momentsFrom(endMs - settleMs).every(isDone),
    'over too late': tookMs > timeoutMs + 3_805,
    'timed-out before the deadline': verdict === 'timed-out' && last.elapsedMs < timeoutMs,
    'in-progress, although it was to wait': verdict === 'in-progress' && wait,
    'more than ten calls in a second': busiestSecond(model.calls) > 10,
    'a timer is left': model.clock.sleeping > 0,
    'incomplete, although something was in progress':
      verdict === 'incomplete' &&
      lieFromMs === null &&
      !wasEver(instance, [wait ? Math.min(fromMs, endMs - 30_000) : fromMs, endMs], isIdle),
  }).flatMap(([rule, isBroken]) => (isBroken ? [rule] : []))
}

test('with any events, a wait for a state ends in time and says only what was so', async () => {
  await fc.assert(
    fc.asyncProperty(anySchedule, async (schedule) => {
      expect(await brokenRules(schedule)).toEqual([])
    }),
    { numRuns, seed },
  )
}, 86_400_000)
