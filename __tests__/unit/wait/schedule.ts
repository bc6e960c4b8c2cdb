import fc from 'fast-check'
import { statusOf } from '../../../simulator/async-request.ts'
import type { Fault } from '../../../simulator/faults.ts'
import type { Plan } from '../../../simulator/settings.ts'
import { toTheEnd } from '../../../src/requests/goal.ts'
import { operationNames } from '../../../src/requests/request.ts'
import { permissionSetArn, requestIdOf } from '../examples.ts'
import {
  busiest,
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

/** By what they are named after: whether they are broken. */
export type Rules = Readonly<Record<string, boolean>>

export function broken(rules: Rules): string[] {
  return Object.entries(rules).flatMap(([rule, isBroken]) => (isBroken ? [rule] : []))
}

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
  readonly wait: boolean
  /** `null`: never. */
  readonly cancelAtMs: number | null
  readonly random: number
}

export const anyFailure = fc.constantFrom(...failures, throttled, unclear)

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

/** @param names of the calls that it can meet */
export const anySpell = (fault: fc.Arbitrary<Fault>, ...names: Spell['calls'][]): fc.Arbitrary<Spell> =>
  fc
    .record({
      fault,
      by: fc.constantFrom('time', 'calls'),
      from: fc.oneof(fc.constant(0), fc.nat({ max: 100 })),
      length: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 60 }), fc.constant(10_000)),
      calls: fc.constantFrom(...names),
      everyRequest: fc.constantFrom(null, null, 1, 2, 5),
      every: fc.constantFrom(1, 1, 2, 3, 10),
    })
    .map(({ length, ...own }) => {
      const unit = own.by === 'time' ? 1_000 : 1
      return { ...own, from: own.from * unit, to: (own.from + length) * unit }
    })

const anySeconds = (max: number) => fc.nat({ max: max * 1_000 }).map((ms) => ms / 1_000)

export const rarely = <T, U = T>(usually: T, other: fc.Arbitrary<U>) =>
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
  spells: fc.array(anySpell(anyFault, 'all', 'describe', 'list', 'list', 'describe', 'accounts', 'name'), {
    maxLength: 5,
  }),
  latenciesMs: fc.array(fc.constantFrom(1, 20, 80, 300, 2_000, 9_000), { minLength: 1, maxLength: 4 }),
  pageSize: fc.constantFrom(1, 7, 100),
  timeoutMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 120_000 })),
  pollIntervalMs: fc.constantFrom(null, null, null, 500, 3_000, 300_000),
  wait: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  cancelAtMs: fc.option(fc.nat({ max: 60_000 }), { freq: 4 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

/** Waits through a schedule. Returns the rules that the wait broke. */
export async function brokenRules(schedule: Schedule): Promise<string[]> {
  const { latenciesMs, pageSize, plans, pollIntervalMs, random, wait } = schedule
  const model = new Model({
    plans,
    pageSize,
    accounts: 5,
    faults: faultsOf(schedule),
    latencyMs: ({ number }) => latenciesMs[number % latenciesMs.length] ?? 1,
  })
  const { cancelAtMs, timeoutMs } = schedule
  const goal = wait ? toTheEnd : lookOnce
  const ended = await model.wait({ timeoutMs, pollIntervalMs, goal, cancelAtMs, random: () => random })
  return [
    rulesOfVerdict(schedule, model, ended),
    ...rulesOfRequests(schedule, model, ended),
    rulesOfAny(schedule, model, ended),
  ].flatMap(broken)
}

function faultsOf({ spells, plans }: Schedule): (call: ModelCall) => Fault | null {
  const omissions = new Map(plans.map(({ leftOut, requestId }) => [requestId, without(leftOut)]))
  const faultOf = faultsOfSpells(spells, plans)
  return (call) => faultOf(call) ?? omissions.get(call.requestId ?? '') ?? null
}

/** The fault that each call meets, if it meets one. */
export function faultsOfSpells(spells: readonly Spell[], plans: readonly NumberedPlan[]) {
  const met = new Map<Spell, number>()
  const positions = new Map(plans.map(({ requestId }, index) => [requestId, index]))
  return (call: ModelCall): Fault | null => {
    for (const spell of spells) {
      const at = spell.by === 'time' ? call.atMs : call.number
      if ((spell.calls !== 'all' && spell.calls !== call.name) || at < spell.from || at >= spell.to) continue
      const position = positions.get(call.requestId ?? '')
      if (spell.everyRequest !== null && position !== undefined && position % spell.everyRequest !== 0) continue
      const times = (met.get(spell) ?? 0) + 1
      met.set(spell, times)
      if (times % spell.every === 0) return spell.fault
    }
    return null
  }
}

function without(names: readonly string[]): Fault {
  return { kind: 'patch', patch: Object.fromEntries(names.map((name) => [name, undefined])) }
}

function rulesOfVerdict({ plans }: Schedule, model: Model, { verdict }: ModelWait): Rules {
  const truth = plans.map(({ operation, requestId }) => {
    const request = model.service.instance.find(operation, requestId, Number.POSITIVE_INFINITY)
    return request && statusOf(request, model.clock.now())
  })
  const wasSaid = (status: string) =>
    plans.map(({ requestId }) => model.said.some((said) => said.requestId === requestId && said.status === status))
  const hasSucceeded = verdict === 'succeeded'
  return {
    'succeeded, although a request is not': hasSucceeded && truth.some((status) => status !== 'SUCCEEDED'),
    'succeeded, although AWS did not say so of each': hasSucceeded && wasSaid('SUCCEEDED').includes(false),
    'failed, although no request is': verdict === 'failed' && !truth.includes('FAILED'),
    [`${verdict}, although AWS said FAILED`]:
      wasSaid('FAILED').includes(true) && verdict !== 'failed' && verdict !== 'cancelled',
  }
}

function rulesOfRequests({ plans }: Schedule, model: Model, { last, verdict }: ModelWait): Rules[] {
  return last.requests.map((request, index) => {
    const own = plans[index]
    const said = model.said.filter(({ requestId }) => requestId === own?.requestId)
    const status = request.phase === 'ended' ? request.status : null
    const reason = request.phase === 'ended' ? request.failureReason : null
    const wasAsked = model.calls.some(({ requestId }) => requestId === own?.requestId)
    const { blocker } = request
    return {
      'the order has changed': request.key.requestId !== own?.requestId,
      'an end that is not the true one': status !== null && status !== own?.status,
      'an end that AWS did not say': status !== null && !said.some((each) => each.status === status),
      'FAILED was said and is not known':
        status !== 'FAILED' && said.some((each) => each.status === 'FAILED') && verdict !== 'cancelled',
      'a reason that AWS did not give': reason !== null && !said.some((each) => each.reason === reason),
      'in progress, although AWS did not say so': request.phase === 'in-progress' && said.length === 0,
      'asked by its own account, although it was not': blocker?.kind === 'final' && blocker.asked && !wasAsked,
    }
  })
}

/** What holds for every wait, whatever it waits for. */
export function rulesOfAny(
  { cancelAtMs, timeoutMs, wait }: Pick<Schedule, 'cancelAtMs' | 'timeoutMs' | 'wait'>,
  { calls, clock }: Model,
  { last, log, tookMs, verdict }: ModelWait,
): Rules {
  const atMs = [0, ...log.map((line) => line.atMs).filter((ms) => ms <= last.elapsedMs), last.elapsedMs]
  const cancelledAtMs = cancelAtMs ?? Number.POSITIVE_INFINITY
  return {
    'in-progress, although it was to wait': verdict === 'in-progress' && wait,
    'timed-out before the deadline': verdict === 'timed-out' && last.elapsedMs < timeoutMs,
    'cancelled, although nobody did': verdict === 'cancelled' && last.elapsedMs < cancelledAtMs,
    // The look-ups for the report have 3.8 s after the deadline. A sleep takes a millisecond at least.
    [`over after ${tookMs} ms`]: tookMs > timeoutMs + 3_805,
    [`over after ${tookMs} ms, and cancelled at ${cancelAtMs} ms`]: cancelAtMs !== null && tookMs > cancelAtMs + 5,
    'more than ten calls in a second': busiest(calls) > 10,
    'a timer is left': clock.sleeping > 0,
    // The log has a line when something changes, and one every 30 s when nothing does.
    'more than 30 s of silence': atMs.some((ms, index) => ms - (atMs[index - 1] ?? 0) > 30_005),
  }
}
