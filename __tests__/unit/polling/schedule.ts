import fc from 'fast-check'
import { operationNames } from '../../../src/request.ts'
import { permissionSetArn } from '../examples.ts'
import {
  busiestSecond,
  type CallName,
  type Course,
  course,
  type Mishap,
  Model,
  type ModelCall,
  type ModelWait,
  throttled,
  troubles,
  unclear,
} from './model.ts'

/** Which calls a mishap meets: those in a period of time, or those with these numbers. */
interface Spell {
  readonly mishap: Mishap
  readonly by: 'time' | 'calls'
  readonly from: number
  readonly to: number
  readonly calls: CallName | 'all'
  /** `null`: calls about any request. Otherwise, calls about every nth request. */
  readonly everyRequest: number | null
  /** Only every nth of these calls. */
  readonly every: number
}

/** Everything that is random in one run. */
export interface Schedule {
  readonly courses: readonly Course[]
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

const anyTrouble = fc.constantFrom(...troubles, throttled, unclear)

const anyMishap: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 6, arbitrary: anyTrouble.map((trouble): Mishap => ({ kind: 'trouble', trouble })) },
  { weight: 2, arbitrary: fc.constant<Mishap>({ kind: 'hang' }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 90_000 }).map((byMs): Mishap => ({ kind: 'stale', byMs })) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((every): Mishap => ({ kind: 'gaps', every })) },
  { weight: 1, arbitrary: fc.constant<Mishap>({ kind: 'crowd' }) },
  { weight: 1, arbitrary: fc.constant<Mishap>({ kind: 'endless' }) },
)

const anySpell: fc.Arbitrary<Spell> = fc
  .record({
    mishap: anyMishap,
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

const anyCourse = fc.record({
  endsAtMs: fc.oneof(
    fc.constant(0),
    fc.nat({ max: 90_000 }),
    fc.nat({ max: 10_000 }),
    fc.constant(Number.POSITIVE_INFINITY),
  ),
  end: fc.constantFrom<Course['end']>('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'),
  reason: fc.option(fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text !== '')),
  knownFromMs: fc.oneof(
    { weight: 8, arbitrary: fc.constant(-1_000_000) },
    { weight: 1, arbitrary: fc.nat({ max: 40_000 }) },
  ),
  operation: fc.constantFrom(operationNames[0], operationNames[0], ...operationNames),
  permissionSetArn: fc.constantFrom(permissionSetArn, `${permissionSetArn.slice(0, -1)}0`, null),
  accountId: fc.constantFrom('111122223333', '444455556666', null),
  createdDate: fc.option(fc.date({ noInvalidDate: true })),
})

const manyCourses = fc
  .oneof(
    { weight: 6, arbitrary: fc.array(anyCourse, { minLength: 1, maxLength: 4 }) },
    { weight: 4, arbitrary: fc.array(anyCourse, { minLength: 2, maxLength: 25 }) },
    { weight: 1, arbitrary: fc.array(anyCourse, { minLength: 51, maxLength: 70 }) },
  )
  .map((list) => list.map((own, index) => course(index + 1, own)))

export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  courses: manyCourses,
  spells: fc.array(anySpell, { maxLength: 5 }),
  latenciesMs: fc.array(fc.constantFrom(1, 20, 80, 300, 2_000, 9_000), { minLength: 1, maxLength: 4 }),
  pageSize: fc.constantFrom(1, 7, 100),
  timeoutMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 120_000 })),
  pollIntervalMs: fc.constantFrom(null, null, null, 500, 3_000, 300_000),
  untilFinished: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  cancelAtMs: fc.option(fc.nat({ max: 60_000 }), { freq: 4 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

/** How long after the deadline a wait may end, including the look-ups for the report. */
const graceMs = 3_800

/** Waits through a schedule. Returns the rules that the wait broke. */
export async function brokenRules(schedule: Schedule): Promise<string[]> {
  const { cancelAtMs, courses, pageSize, pollIntervalMs, timeoutMs, untilFinished } = schedule
  const { latenciesMs } = schedule
  const model = new Model({
    courses,
    pageSize,
    mishap: mishapsOf(schedule),
    latencyMs: ({ number }) => latenciesMs[number % latenciesMs.length] ?? 1,
  })
  const wait = await model.wait({ timeoutMs, pollIntervalMs, untilFinished, cancelAtMs, random: () => schedule.random })
  return [...rulesOfVerdict(schedule, model, wait), ...rulesOfRequests(schedule, model, wait)]
}

function mishapsOf({ spells, courses }: Schedule): (call: ModelCall) => Mishap | null {
  const met = new Map<Spell, number>()
  const positions = new Map(courses.map(({ requestId }, index) => [requestId, index]))
  return (call) => {
    for (const spell of spells) {
      const at = spell.by === 'time' ? call.atMs : call.number
      if ((spell.calls !== 'all' && spell.calls !== call.name) || at < spell.from || at >= spell.to) continue
      const position = positions.get(call.requestId ?? '')
      if (spell.everyRequest !== null && position !== undefined && position % spell.everyRequest !== 0) continue
      const times = (met.get(spell) ?? 0) + 1
      met.set(spell, times)
      if (times % spell.every === 0) return spell.mishap
    }
    return null
  }
}

function rulesOfVerdict(schedule: Schedule, model: Model, { verdict, last, tookMs }: ModelWait): string[] {
  const { cancelAtMs, courses, timeoutMs, untilFinished } = schedule
  const truth = courses.map((own) => model.statusOf(own))
  const wasSaid = (status: string) =>
    courses.map(({ requestId }) => model.said.some((said) => said.requestId === requestId && said.status === status))
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

function rulesOfRequests({ courses }: Schedule, model: Model, { last, verdict }: ModelWait): string[] {
  return last.requests.flatMap((request, index) => {
    const own = courses[index]
    const said = model.said.filter(({ requestId }) => requestId === own?.requestId)
    const status = request.phase === 'ended' ? request.status : null
    const reason = request.phase === 'ended' ? request.failureReason : null
    const wasAsked = model.calls.some(({ requestId }) => requestId === own?.requestId)
    const { obstacle } = request
    return broken([
      ['the order has changed', request.key.requestId === own?.requestId],
      ['an end that is not the true one', status === null || status === own?.end],
      ['an end that AWS did not say', status === null || said.some((each) => each.status === status)],
      [
        'FAILED was said and is not known',
        status === 'FAILED' || !said.some((each) => each.status === 'FAILED') || verdict === 'cancelled',
      ],
      ['a reason that AWS did not give', reason === null || said.some((each) => each.reason === reason)],
      ['in progress, although AWS did not say so', request.phase !== 'in-progress' || said.length > 0],
      ['asked by its own account, although it was not', !(obstacle?.kind === 'final' && obstacle.asked) || wasAsked],
    ])
  })
}

function broken(rules: readonly (readonly [name: string, holds: boolean])[]): string[] {
  return rules.flatMap(([name, holds]) => (holds ? [] : [name]))
}
