import fc from 'fast-check'
import { statusOf } from '../../../simulator/async-request.ts'
import type { Fault } from '../../../simulator/faults.ts'
import type { Plan } from '../../../simulator/settings.ts'
import { toTheEnd } from '../../../src/requests/goal.ts'
import { operationNames } from '../../../src/requests/request.ts'
import { permissionSetArn, requestIdOf } from '../examples.ts'
import {
  busiestSecond,
  type CallName,
  failures,
  lookOnce,
  Model,
  type ModelCall,
  type ModelWait,
  meets,
  type NumberedPlan,
  patched,
  plan,
  throttled,
  unclear,
  withGaps,
} from './model.ts'

/** `SCHEDULES=100000` runs this many random schedules. `SEED=7` chooses other schedules. */
export const numRuns = Number(process.env['SCHEDULES'] ?? 300)
export const seed = Number(process.env['SEED'] ?? 20_261_120)

/** Which calls a fault meets: those in a period of time, or those with these numbers. */
interface Spell {
  readonly fault: Fault
  readonly by: 'time' | 'calls'
  readonly from: number
  readonly to: number
  readonly calls: CallName | 'all'
  /** `null`: calls about any request. Otherwise, calls about every nth request. */
  readonly everyRequest: number | null
  /** Only every nth of these calls. */
  readonly every: number
}

/** A request, and the details of it that AWS leaves out. */
type AnyPlan = NumberedPlan & { readonly leftOut: readonly string[] }

/** Everything that is random in one run. */
export interface Schedule {
  readonly plans: readonly AnyPlan[]
  readonly spells: readonly Spell[]
  readonly latenciesMs: readonly number[]
  readonly pageSize: number
  readonly timeoutMs: number
  readonly pollIntervalMs: number | null
  readonly untilFinished: boolean
  /** `null`: never. */
  readonly cancelAtMs: number | null
  readonly random: number
}

const anyFailure = fc.constantFrom(...failures, throttled, unclear)

/** A list that repeats its rows, and that has rows of other people's requests. */
const crowd = patched((value, name) => {
  if (!Array.isArray(value)) return value
  const others = Array.from({ length: 20 }, (_, index) => ({ RequestId: requestIdOf(9_000 + index), Status: 'FAILED' }))
  return [...(name === 'AccountIds' ? [] : others), ...value, ...value]
})

/** A list that continues after its end. */
const endless = patched((value, name) => (name === 'NextToken' ? (value ?? 'MTAwMDAwMA==') : value))

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: anyFailure.map(meets) },
  { weight: 2, arbitrary: fc.constant<Fault>({ kind: 'hang' }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((byMs): Fault => ({ kind: 'stale', byMs })) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map(withGaps) },
  { weight: 1, arbitrary: fc.constant(crowd) },
  { weight: 1, arbitrary: fc.constant(endless) },
)

const anySpell: fc.Arbitrary<Spell> = fc
  .record({
    fault: anyFault,
    by: fc.constantFrom('time', 'calls'),
    from: fc.oneof(fc.constant(0), fc.nat({ max: 100 })),
    length: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 60 }), fc.constant(10_000)),
    calls: fc.constantFrom<CallName | 'all'>('all', 'describe', 'list', 'list', 'describe', 'accounts', 'name'),
    everyRequest: fc.constantFrom(null, null, 1, 2, 5),
    every: fc.constantFrom(1, 1, 2, 3, 10),
  })
  .map(({ length, ...own }) => {
    const unit = own.by === 'time' ? 1_000 : 1
    return { ...own, from: own.from * unit, to: (own.from + length) * unit }
  })

const anySeconds = (max: number) => fc.nat({ max: max * 1_000 }).map((ms) => ms / 1_000)

const rarely = <T>(usually: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usually) }, { weight: 1, arbitrary: other })

const anyPlan = fc
  .record({
    seconds: fc.oneof(fc.constant(0), anySeconds(90), anySeconds(10), fc.constant(Number.POSITIVE_INFINITY)),
    status: fc.constantFrom('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'),
    failureReason: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    operation: fc.constantFrom(operationNames[0], operationNames[0], ...operationNames),
    permissionSetArn: fc.constantFrom(permissionSetArn, `${permissionSetArn.slice(0, -1)}0`),
    target: fc.constantFrom({}, { accountId: '111122223333' }, { accountId: '444455556666' }),
    delay: rarely<Plan>(
      {},
      anySeconds(40).map((unknownForSeconds) => ({ unknownForSeconds })),
    ),
    leftOut: rarely<string[]>([], fc.subarray(['PermissionSetArn', 'FailureReason', 'CreatedDate'])),
  })
  .map(({ delay, target, ...own }) => ({ ...own, ...target, ...delay }))

const manyPlans = fc
  .oneof(
    { weight: 6, arbitrary: fc.array(anyPlan, { minLength: 1, maxLength: 4 }) },
    { weight: 4, arbitrary: fc.array(anyPlan, { minLength: 2, maxLength: 25 }) },
    { weight: 1, arbitrary: fc.array(anyPlan, { minLength: 51, maxLength: 70 }) },
  )
  .map((list) => list.map(({ leftOut, ...own }, index) => ({ ...plan(index + 1, own), leftOut })))

export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  plans: manyPlans,
  spells: fc.array(anySpell, { maxLength: 5 }),
  latenciesMs: fc.array(fc.constantFrom(1, 20, 80, 300, 2_000, 9_000), { minLength: 1, maxLength: 4 }),
  pageSize: fc.constantFrom(1, 7, 100),
  timeoutMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 120_000 })),
  pollIntervalMs: fc.constantFrom(null, null, null, 500, 3_000, 300_000),
  untilFinished: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  cancelAtMs: fc.option(fc.nat({ max: 60_000 }), { freq: 4 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

const heartbeatMs = 30_000
/** How long after the deadline a wait may end, including the look-ups for the report. */
const graceMs = 3_800

/** Waits through a schedule. Returns the rules that the wait broke. */
export async function brokenRules(schedule: Schedule): Promise<string[]> {
  const { cancelAtMs, latenciesMs, pageSize, plans, pollIntervalMs, timeoutMs, untilFinished } = schedule
  const model = new Model({
    plans,
    pageSize,
    accounts: 5,
    faults: faultsOf(schedule),
    latencyMs: ({ number }) => latenciesMs[number % latenciesMs.length] ?? 1,
  })
  const wait = await model.wait({
    timeoutMs,
    pollIntervalMs,
    goal: untilFinished ? toTheEnd : lookOnce,
    cancelAtMs,
    random: () => schedule.random,
  })
  return [...rulesOfVerdict(schedule, model, wait), ...rulesOfRequests(schedule, model, wait), ...rulesOfLog(wait)]
}

function faultsOf({ spells, plans }: Schedule): (call: ModelCall) => Fault | null {
  const met = new Map<Spell, number>()
  const omissions = new Map(plans.map(({ leftOut, requestId }) => [requestId, without(leftOut)]))
  const positions = new Map(plans.map(({ requestId }, index) => [requestId, index]))
  return (call) => {
    for (const spell of spells) {
      const at = spell.by === 'time' ? call.atMs : call.number
      if ((spell.calls !== 'all' && spell.calls !== call.name) || at < spell.from || at >= spell.to) continue
      const position = positions.get(call.requestId ?? '')
      if (spell.everyRequest !== null && position !== undefined && position % spell.everyRequest !== 0) continue
      const times = (met.get(spell) ?? 0) + 1
      met.set(spell, times)
      if (times % spell.every === 0) return spell.fault
    }
    return omissions.get(call.requestId ?? '') ?? null
  }
}

function without(names: readonly string[]): Fault {
  return { kind: 'patch', patch: Object.fromEntries(names.map((name) => [name, undefined])) }
}

function rulesOfVerdict(schedule: Schedule, model: Model, { last, verdict, tookMs }: ModelWait): string[] {
  const { cancelAtMs, plans, timeoutMs, untilFinished } = schedule
  const truth = plans.map(({ operation, requestId }) => {
    const request = model.service.instance.find(operation, requestId, Number.POSITIVE_INFINITY)
    return request && statusOf(request, model.clock.now())
  })
  const wasSaid = (status: string) =>
    plans.map(({ requestId }) => model.said.some((said) => said.requestId === requestId && said.status === status))
  const wasFailureSaid = wasSaid('FAILED').includes(true)
  const limitMs = Math.min(timeoutMs + graceMs, cancelAtMs ?? Number.POSITIVE_INFINITY)
  return broken([
    [
      'succeeded, although a request is not',
      verdict !== 'succeeded' || truth.every((status) => status === 'SUCCEEDED'),
    ],
    [
      'succeeded, although AWS did not say so of each',
      verdict !== 'succeeded' || !wasSaid('SUCCEEDED').includes(false),
    ],
    ['failed, although no request is', verdict !== 'failed' || truth.includes('FAILED')],
    [`${verdict}, although AWS said FAILED`, !wasFailureSaid || verdict === 'failed' || verdict === 'cancelled'],
    ['in-progress, although it was to wait', verdict !== 'in-progress' || !untilFinished],
    ['timed-out before the deadline', verdict !== 'timed-out' || last.elapsedMs >= timeoutMs],
    [
      'cancelled, although nobody did',
      verdict !== 'cancelled' || (cancelAtMs !== null && last.elapsedMs >= cancelAtMs),
    ],
    // A sleep takes a millisecond at least.
    [
      `over after ${tookMs} ms and not ${limitMs} ms`,
      tookMs <= limitMs + 5 || (cancelAtMs !== null && tookMs <= cancelAtMs + 5),
    ],
    ['more than ten calls in a second', busiestSecond(model.calls) <= 10],
    ['a timer is left', model.clock.sleeping === 0],
  ])
}

function rulesOfRequests({ plans }: Schedule, model: Model, { last, verdict }: ModelWait): string[] {
  return last.requests.flatMap((request, index) => {
    const own = plans[index]
    const said = model.said.filter(({ requestId }) => requestId === own?.requestId)
    const status = request.phase === 'ended' ? request.status : null
    const reason = request.phase === 'ended' ? request.failureReason : null
    const wasAsked = model.calls.some(({ requestId }) => requestId === own?.requestId)
    const { blocker } = request
    return broken([
      ['the order has changed', request.key.requestId === own?.requestId],
      ['an end that is not the true one', status === null || status === own?.status],
      ['an end that AWS did not say', status === null || said.some((each) => each.status === status)],
      [
        'FAILED was said and is not known',
        status === 'FAILED' || !said.some((each) => each.status === 'FAILED') || verdict === 'cancelled',
      ],
      ['a reason that AWS did not give', reason === null || said.some((each) => each.reason === reason)],
      ['in progress, although AWS did not say so', request.phase !== 'in-progress' || said.length > 0],
      ['asked by its own account, although it was not', !(blocker?.kind === 'final' && blocker.asked) || wasAsked],
    ])
  })
}

/** The log has a line when something changes, and one every 30 s when nothing does. */
export function rulesOfLog({ last, log }: ModelWait): string[] {
  const atMs = [0, ...log.map((line) => line.atMs).filter((ms) => ms <= last.elapsedMs), last.elapsedMs]
  const silentMs = atMs.map((ms, index) => ms - (atMs[index - 1] ?? 0))
  return broken([['more than 30 s of silence', silentMs.every((ms) => ms <= heartbeatMs + 5)]])
}

function broken(rules: readonly (readonly [name: string, holds: boolean])[]): string[] {
  return rules.flatMap(([name, holds]) => (holds ? [] : [name]))
}
