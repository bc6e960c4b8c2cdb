import fc from 'fast-check'
import type { Trouble } from '../../src/polling/api.ts'
import type { Status } from '../../src/request.ts'
import { hostile } from '../hostile.ts'

/** How one request truly goes. */
export interface Course {
  readonly requestId: string
  /** Since the start; infinity for never. */
  readonly endsAtMs: number
  readonly end: 'SUCCEEDED' | 'FAILED'
  readonly reason: string | null
  /** Since the start: until then, nobody knows it. */
  readonly knownFromMs: number
  readonly permissionSetArn: string | null
  readonly accountId: string | null
  readonly created: Date | null
}

/** What becomes of a call, apart from a true answer. */
export type Mishap =
  | { readonly kind: 'trouble'; readonly trouble: Trouble }
  /** No answer until it is given up. */
  | { readonly kind: 'hang' }
  /** The true answer of some time ago. */
  | { readonly kind: 'stale'; readonly byMs: number }
  /** A list without some of its rows; a Describe without its details. */
  | { readonly kind: 'gaps'; readonly one: number }
  /** A list that repeats its rows, and has other people's in it. */
  | { readonly kind: 'crowd' }
  /** A list that goes on after its end. */
  | { readonly kind: 'endless' }

/** When a mishap meets calls: in a stretch of time, or a stretch of calls. */
export interface Spell {
  readonly mishap: Mishap
  readonly by: 'time' | 'calls'
  readonly from: number
  readonly to: number
  readonly calls: 'all' | 'describe' | 'list'
  /** Every so many of the calls that it could meet. */
  readonly every: number
}

/** Everything that chance decides in one run. */
export interface Schedule {
  readonly courses: readonly Course[]
  readonly spells: readonly Spell[]
  readonly latenciesMs: readonly number[]
  readonly pageSize: number
  readonly timeoutMs: number
  readonly pollIntervalMs: number | null
  readonly untilFinished: boolean
  /** `null`: not at all. */
  readonly cancelAtMs: number | null
  readonly random: number
}

const effects = ['throttled', 'unclear', 'absent', 'refused'] as const
const codes = [
  'ThrottlingException',
  'ECONNRESET',
  'ENOTFOUND',
  'ResourceNotFoundException',
  'AccessDeniedException',
  'ExpiredTokenException',
  'UnreadableAnswer',
]

const text = fc.oneof(
  fc.constantFrom(...hostile.map(({ text: sample }) => sample.slice(0, 500))),
  fc.string({ unit: 'binary', maxLength: 30 }),
)

const trouble: fc.Arbitrary<Trouble> = fc.record({
  effect: fc.constantFrom(...effects, 'unclear' as const, 'throttled' as const),
  scope: fc.constantFrom('request' as const, 'action' as const, 'every-call' as const),
  code: fc.constantFrom(...codes),
  title: text,
  message: text,
  remedy: fc.constant(''),
})

const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 6, arbitrary: trouble.map((own): Mishap => ({ kind: 'trouble', trouble: own })) },
  { weight: 2, arbitrary: fc.constant<Mishap>({ kind: 'hang' }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 60_000 }).map((byMs): Mishap => ({ kind: 'stale', byMs })) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((one): Mishap => ({ kind: 'gaps', one })) },
  { weight: 1, arbitrary: fc.constant<Mishap>({ kind: 'crowd' }) },
  { weight: 1, arbitrary: fc.constant<Mishap>({ kind: 'endless' }) },
)

const spell: fc.Arbitrary<Spell> = fc
  .record({
    mishap,
    by: fc.constantFrom('time' as const, 'calls' as const),
    from: fc.oneof(fc.constant(0), fc.nat({ max: 100 })),
    length: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 60 }), fc.constant(10_000)),
    calls: fc.constantFrom('all' as const, 'describe' as const, 'list' as const),
    every: fc.constantFrom(1, 1, 2, 3),
  })
  .map(({ length, ...own }) => {
    const unit = own.by === 'time' ? 1_000 : 1
    return { ...own, from: own.from * unit, to: (own.from + length) * unit }
  })

const arns = ['arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef', '`|<img src=x>\n::error::y']

const course = fc.record({
  endsAtMs: fc.oneof(
    fc.constant(0),
    fc.nat({ max: 90_000 }),
    fc.nat({ max: 10_000 }),
    fc.constant(Number.POSITIVE_INFINITY),
  ),
  end: fc.constantFrom<Exclude<Status, 'IN_PROGRESS'>>('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'),
  reason: fc.option(text),
  knownFromMs: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 40_000 }) }),
  permissionSetArn: fc.constantFrom(...arns, null),
  accountId: fc.constantFrom('111122223333', '444455556666', null),
  created: fc.option(fc.date({ noInvalidDate: true })),
})

export function requestIdOf(number: number): string {
  return `5a1b2c3d-0123-4567-89ab-${String(number).padStart(12, '0')}`
}

const courses = fc
  .oneof(
    { weight: 6, arbitrary: fc.array(course, { minLength: 1, maxLength: 4 }) },
    { weight: 3, arbitrary: fc.array(course, { minLength: 1, maxLength: 25 }) },
    { weight: 1, arbitrary: fc.array(course, { minLength: 51, maxLength: 70 }) },
  )
  .map((list) => list.map((own, index): Course => ({ ...own, requestId: requestIdOf(index) })))

export const schedule: fc.Arbitrary<Schedule> = fc.record({
  courses,
  spells: fc.array(spell, { maxLength: 5 }),
  latenciesMs: fc.array(fc.constantFrom(1, 20, 80, 300, 2_000, 9_000), { minLength: 1, maxLength: 4 }),
  pageSize: fc.constantFrom(1, 7, 100),
  timeoutMs: fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 120_000 })),
  pollIntervalMs: fc.constantFrom(null, null, null, 500, 3_000, 300_000),
  untilFinished: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  cancelAtMs: fc.option(fc.nat({ max: 60_000 }), { freq: 4 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
})
