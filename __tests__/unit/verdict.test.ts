import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  agreedOf,
  createdDateOf,
  type Ending,
  failureReasonOf,
  passes,
  type RequestResult,
  statusOf,
  type Verdict,
  verdictOf,
  verdicts,
} from '../../src/verdict.ts'
import { requestIdOf, resultOf } from './examples.ts'

const succeeded = resultOf('SUCCEEDED')
const failed = resultOf('FAILED')
const inProgress = resultOf('IN_PROGRESS')
const unknown = resultOf(null, {}, { error: 'AWS did not answer in time' })
const givenUp = resultOf(null, {}, { error: 'Access denied', givenUp: true })
const inProgressGivenUp = resultOf('IN_PROGRESS', {}, { error: 'Access denied', givenUp: true })

const anyResult = fc.constantFrom(succeeded, failed, inProgress, unknown, givenUp, inProgressGivenUp)
const anyResults = fc.array(anyResult, { minLength: 1, maxLength: 8 })
const anyEnding = fc.constantFrom<Ending>('finished', 'looked-once', 'timed-out', 'cancelled')

test.each<[Verdict, boolean]>([
  ['succeeded', true],
  ['in-progress', true],
  ['failed', false],
  ['timed-out', false],
  ['cancelled', false],
  ['error', false],
])('on %s the step passes: %s', (verdict, expected) => {
  expect(passes(verdict)).toBe(expected)
})

describe('verdict', () => {
  test.each<[Verdict, Ending, RequestResult[]]>([
    ['succeeded', 'finished', []],
    ['succeeded', 'finished', [succeeded]],
    ['succeeded', 'looked-once', [succeeded, succeeded]],
    ['in-progress', 'looked-once', [inProgress]],
    ['in-progress', 'looked-once', [succeeded, inProgress]],
    ['failed', 'finished', [failed]],
    ['failed', 'looked-once', [inProgress, failed]],
    ['failed', 'timed-out', [inProgress, failed]],
    ['timed-out', 'timed-out', [inProgress]],
    ['timed-out', 'timed-out', [succeeded, unknown]],
    ['cancelled', 'cancelled', [inProgress]],
    ['cancelled', 'cancelled', [failed, givenUp]],
    ['error', 'finished', [givenUp]],
    ['error', 'finished', [succeeded, inProgressGivenUp]],
    ['error', 'timed-out', [inProgress, givenUp]],
    ['failed', 'finished', [givenUp, failed]],
    // Looked once, but not every status was learnt before time was up.
    ['timed-out', 'looked-once', [inProgress, unknown]],
  ])('%s when %s', (verdict, ending, results) => {
    expect(verdictOf(results, ending)).toBe(verdict)
  })

  test('is the first that applies of cancelled, failed, error, timed-out, in-progress, succeeded', () => {
    const precedence: Verdict[] = ['cancelled', 'failed', 'error', 'timed-out', 'in-progress', 'succeeded']
    const alone = (result: RequestResult, ending: Ending): Verdict => {
      if (ending === 'cancelled') return 'cancelled'
      if (result.state.status === 'FAILED') return 'failed'
      if (result.givenUp) return 'error'
      if (result.state.status === 'SUCCEEDED') return 'succeeded'
      return ending === 'looked-once' && result.state.status === 'IN_PROGRESS' ? 'in-progress' : 'timed-out'
    }
    expect([...precedence].sort()).toEqual([...verdicts].sort())
    fc.assert(
      fc.property(anyResults, anyEnding, (results, ending) => {
        const each = results.map((result) => alone(result, ending))
        expect(verdictOf(results, ending)).toBe(precedence.find((verdict) => each.includes(verdict)))
      }),
    )
  })

  test('is succeeded only when every request is SUCCEEDED', () => {
    fc.assert(
      fc.property(anyResults, anyEnding, (results, ending) => {
        const every = results.every(({ state }) => state.status === 'SUCCEEDED')
        expect(verdictOf(results, ending) === 'succeeded').toBe(every && ending !== 'cancelled')
      }),
    )
  })

  test('does not depend on the order of the requests', () => {
    const shuffled = anyResults.chain((results) =>
      fc.tuple(fc.constant(results), fc.shuffledSubarray(results, { minLength: results.length })),
    )
    fc.assert(
      fc.property(shuffled, anyEnding, ([results, others], ending) => {
        expect(verdictOf(others, ending)).toBe(verdictOf(results, ending))
        expect(statusOf(others)).toBe(statusOf(results))
      }),
    )
  })
})

describe('status', () => {
  test.each([
    ['FAILED if any is', [succeeded, inProgress, failed, unknown], 'FAILED'],
    ['else IN_PROGRESS if any is', [succeeded, inProgress, unknown], 'IN_PROGRESS'],
    ['else SUCCEEDED', [succeeded, succeeded], 'SUCCEEDED'],
    ['not SUCCEEDED while one is not known', [succeeded, unknown], null],
    ['nothing if never learnt', [unknown], null],
    ['nothing of no requests', [], null],
  ])('is %s', (_, results, expected) => {
    expect(statusOf(results)).toBe(expected)
  })
})

describe('failure reason', () => {
  const reason = 'Received a 404 status error:\n ::error::Not supported policy <b>'

  test("is AWS's own words, verbatim", () => {
    expect(failureReasonOf([resultOf('FAILED', { failureReason: reason })])).toBe(reason)
  })

  test('of several is one line each, of those that failed, in the order given', () => {
    const results = [
      resultOf('FAILED', { requestId: requestIdOf(2), failureReason: 'second' }),
      resultOf('SUCCEEDED', { requestId: requestIdOf(3) }),
      resultOf('FAILED', { requestId: requestIdOf(1), failureReason: 'first' }),
      resultOf('FAILED', { requestId: requestIdOf(4) }),
    ]
    expect(failureReasonOf(results)).toBe(`${requestIdOf(2)}: second\n${requestIdOf(1)}: first\n${requestIdOf(4)}: `)
    expect(failureReasonOf(results.slice(0, 2))).toBe(`${requestIdOf(2)}: second`)
  })

  test('is empty if none failed, or if AWS gave none', () => {
    expect(failureReasonOf([])).toBe('')
    expect(failureReasonOf([succeeded])).toBe('')
    expect(failureReasonOf([succeeded, inProgress])).toBe('')
    expect(failureReasonOf([failed])).toBe('')
  })
})

test('the created date is the earliest that is known', () => {
  const on = (day: number) => resultOf('SUCCEEDED', { createdDate: new Date(Date.UTC(2026, 0, day)) })
  expect(createdDateOf([on(3), succeeded, on(1), on(2)])).toEqual(new Date('2026-01-01T00:00:00Z'))
  expect(createdDateOf([on(1), on(3)])).toEqual(new Date('2026-01-01T00:00:00Z'))
  expect(createdDateOf([succeeded])).toBeNull()
  expect(createdDateOf([])).toBeNull()
})

test.each(['permissionSetArn', 'accountId'] as const)('%s is given where all requests agree on it', (field) => {
  const of = (value: string | null) => resultOf('SUCCEEDED', { [field]: value })
  expect(agreedOf([of('a')], field)).toBe('a')
  expect(agreedOf([of('a'), of('a')], field)).toBe('a')
  expect(agreedOf([of('a'), of('a'), of('b')], field)).toBeNull()
  expect(agreedOf([of('a'), of(null)], field)).toBeNull()
  expect(agreedOf([of(null), of('a')], field)).toBeNull()
  expect(agreedOf([of(null), of(null)], field)).toBeNull()
  expect(agreedOf([], field)).toBeNull()
})
