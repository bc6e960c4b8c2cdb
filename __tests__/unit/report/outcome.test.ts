import { describe, expect, test } from '@jest/globals'
import {
  defectOutcome,
  failuresOf,
  headlineOf,
  listed,
  nextStepsOf,
  type Outcome,
  rejectedOutcome,
  unreadOf,
} from '../../../src/report/outcome.ts'
import type { RequestResult } from '../../../src/verdict.ts'
import { outcomeOf, permissionSetArn, requestId, requestIdOf, resultOf, resultsOf, troubleOf } from '../examples.ts'

const carriesOn =
  'AWS carries on with what was started. Wait for the same request IDs again to learn how it ends; the deploy need not run again.'
const raise = "If it usually takes longer, raise 'timeout-minutes'."
const correct = "Correct the step's inputs ('with:') in the workflow, then run it again."

const givenUp = (error: string) => resultOf(null, {}, { error, givenUp: true })
const slow = resultOf('IN_PROGRESS')

describe('headline', () => {
  test.each<[string, Partial<Outcome>]>([
    ['Nothing to wait for', {}],
    ['Provisioning succeeded', { results: [resultOf('SUCCEEDED')] }],
    ['All 2 requests succeeded', { results: resultsOf(2, 'SUCCEEDED') }],
    ['Provisioning is still in progress', { verdict: 'in-progress', results: [slow] }],
    ['All 2 requests are still in progress', { verdict: 'in-progress', results: resultsOf(2, 'IN_PROGRESS') }],
    ['1 of 2 requests is still in progress', { verdict: 'in-progress', results: [slow, resultOf('SUCCEEDED')] }],
    ['All 2 requests failed', { verdict: 'failed', results: resultsOf(2, 'FAILED') }],
    ['1 of 2 requests failed', { verdict: 'failed', results: [resultOf('FAILED'), givenUp('x')] }],
    ['Provisioning failed', { verdict: 'failed', results: [resultOf('FAILED')] }],
    ['2 of 3 requests failed, 1 had not finished', { verdict: 'failed', results: [...resultsOf(2, 'FAILED'), slow] }],
    ['Provisioning had not finished after 30 min', { verdict: 'timed-out', elapsedMs: 1_800_000, results: [slow] }],
    [
      '2 of 3 requests had not finished after 12.3 s',
      { verdict: 'timed-out', elapsedMs: 12_345, results: [slow, resultOf(null), resultOf('SUCCEEDED')] },
    ],
    ['Cancelled after 5.0 s', { verdict: 'cancelled', elapsedMs: 5_000, results: [slow] }],
    [
      'Cancelled after 5.0 s; 2 of 3 requests had not finished',
      { verdict: 'cancelled', elapsedMs: 5_000, results: [slow, resultOf(null), resultOf('FAILED')] },
    ],
    [
      'Cancelled after 5.0 s; 2 of 2 requests had not finished',
      { verdict: 'cancelled', elapsedMs: 5_000, results: [slow, slow] },
    ],
    ['The status of the request could not be read', { verdict: 'error', results: [givenUp('x')] }],
    ['It is broken', { verdict: 'error', results: [givenUp('x')], trouble: troubleOf() }],
    ['1 of 2 requests could not be read', { verdict: 'error', results: [givenUp('x'), resultOf('SUCCEEDED')] }],
    ['2 of 2 requests could not be read', { verdict: 'error', results: [givenUp('x'), givenUp('y')] }],
    ['Nothing was waited for', { verdict: 'error', problems: ["Input 'wait' is wrong"] }],
    [
      'Account assignment failed',
      { verdict: 'failed', operation: 'create-account-assignment', results: [resultOf('FAILED')] },
    ],
    [
      'Deletion of an account assignment succeeded',
      { operation: 'delete-account-assignment', results: [resultOf('SUCCEEDED')] },
    ],
  ])('%s', (headline, outcome) => {
    expect(headlineOf(outcomeOf(outcome))).toBe(headline)
  })

  test('names the permission set of a single request, where its name is known', () => {
    const names = new Map([[permissionSetArn, 'ReadOnlyAccess']])
    const of = (count: number, arn: string) =>
      headlineOf(outcomeOf({ results: resultsOf(count, 'SUCCEEDED', { permissionSetArn: arn }), names }))
    expect(of(1, permissionSetArn)).toBe('Provisioning of ReadOnlyAccess succeeded')
    expect(of(1, 'another')).toBe('Provisioning succeeded')
    expect(of(2, permissionSetArn)).toBe('All 2 requests succeeded')
  })
})

describe('failures', () => {
  const [first, second, third] = [1, 2, 3].map((number) => ({ requestId: requestIdOf(number) }))

  test.each<[string, RequestResult[], [string[], string][]]>([
    ["are told in AWS's own words", [resultOf('FAILED', { failureReason: 'Because.' })], [[[requestId], 'Because.']]],
    ['without a reason are told as such', [resultOf('FAILED')], [[[requestId], 'AWS gave no reason.']]],
    ['are none, where none failed', [resultOf('SUCCEEDED', { failureReason: 'x' }), slow, givenUp('x')], []],
    [
      'are each reason once, with the requests that it is about',
      [
        resultOf('FAILED', { ...first, failureReason: 'A.' }),
        resultOf('FAILED', { ...second, failureReason: 'B.' }),
        resultOf('FAILED', { ...third, failureReason: 'A.' }),
      ],
      [
        [[requestIdOf(1), requestIdOf(3)], 'A.'],
        [[requestIdOf(2)], 'B.'],
      ],
    ],
  ])('%s', (_, results, failures) => {
    const told = failuresOf(outcomeOf({ verdict: 'failed', results }))
    expect(told).toEqual(failures.map(([requestIds, reason]) => ({ requestIds, reason, diagnosis: null })))
  })

  test('for known reasons have the likely cause and what to do', () => {
    const results = [resultOf('FAILED', { failureReason: 'Received a 404 status error: Assignment not found.' })]
    expect(failuresOf(outcomeOf({ verdict: 'failed', results }))).toMatchObject([
      {
        diagnosis: {
          cause: expect.stringMatching(/^The assignment did not exist/),
          remedy: expect.stringMatching(/^Compare/),
        },
      },
    ])
  })

  test('are of three requests by name, and the rest is counted', () => {
    expect(listed(['a'])).toBe('a')
    expect(listed(['a', 'b', 'c'])).toBe('a, b, c')
    expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
  })
})

describe('unread', () => {
  const [first, second, third] = [1, 2, 3].map((number) => ({ requestId: requestIdOf(number) }))

  test.each<[string, Partial<Outcome>, [string[], string][]]>([
    [
      'why a status could not be read',
      { verdict: 'error', results: [givenUp('Access denied')] },
      [[[requestId], 'Access denied']],
    ],
    [
      'the same of several once, with the requests that it is about',
      {
        verdict: 'error',
        results: [
          resultOf(null, first, { error: 'Denied' }),
          resultOf(null, second, { error: 'Denied' }),
          resultOf(null, third, { error: 'Invalid' }),
        ],
      },
      [
        [[requestIdOf(1), requestIdOf(2)], 'Denied'],
        [[requestIdOf(3)], 'Invalid'],
      ],
    ],
    [
      'on timed-out, the last cause that kept it from being learnt',
      { verdict: 'timed-out', results: [slow], trouble: troubleOf({ message: 'Throttled' }) },
      [[[], 'Throttled']],
    ],
    [
      'that cause once, where a result has it already',
      {
        verdict: 'timed-out',
        results: [resultOf(null, {}, { error: 'Throttled' })],
        trouble: troubleOf({ message: 'Throttled' }),
      },
      [[[requestId], 'Throttled']],
    ],
    ['nothing, where nothing went wrong', { verdict: 'timed-out', results: [slow] }, []],
    ['nothing on cancelled', { verdict: 'cancelled', results: [slow], trouble: troubleOf() }, []],
    ['nothing on succeeded', { results: [resultOf('SUCCEEDED', {}, { error: 'stale' })] }, []],
    ['nothing on in-progress', { verdict: 'in-progress', results: [resultOf('IN_PROGRESS', {}, { error: 'x' })] }, []],
    ['nothing of wrong inputs, which are told as problems', { verdict: 'error', problems: ['One', 'Two'] }, []],
  ])('%s', (_, outcome, unread) => {
    expect(unreadOf(outcomeOf(outcome))).toEqual(unread.map(([requestIds, error]) => ({ requestIds, error })))
  })
})

describe('without a wait', () => {
  const startedAt = new Date('2026-11-20T10:00:00Z')

  test('wrong inputs are an error, told as they are', () => {
    const outcome = rejectedOutcome(['One', 'Two'], startedAt)
    expect(outcome).toMatchObject({ verdict: 'error', results: [], accountsBehind: new Map(), elapsedMs: 0, startedAt })
    expect(outcome.problems).toEqual(['One', 'Two'])
    expect([headlineOf(outcome), unreadOf(outcome), failuresOf(outcome), nextStepsOf(outcome)]).toEqual([
      'Nothing was waited for',
      [],
      [],
      [correct],
    ])
  })

  test.each<[unknown, string]>([
    [new TypeError('x is not a function'), 'The action failed unexpectedly (TypeError: x is not a function)'],
    ['text', 'The action failed unexpectedly (Error: text)'],
  ])('a defect is an error that asks to be reported: %s', (thrown, problem) => {
    const outcome = defectOutcome(thrown, startedAt)
    expect(outcome).toMatchObject({ verdict: 'error', results: [], startedAt })
    expect([outcome.problems, unreadOf(outcome)]).toEqual([[problem], []])
    expect(nextStepsOf(outcome)).toEqual([expect.stringContaining('defect of the action. Please report it')])
  })
})

describe('next steps', () => {
  const failed = (failureReason: string | null) => resultOf('FAILED', { failureReason })
  const again = (api: string) =>
    `When the cause is mended, call ${api} again and wait for the new request: AWS does not take up a failed one again.`

  test.each<[string, Partial<Outcome>, string[]]>([
    ['nothing on succeeded', { results: [resultOf('SUCCEEDED')], trouble: troubleOf() }, []],
    [
      'start it anew, where the reason is not known',
      { verdict: 'failed', results: [failed('Gremlins.')] },
      [again('ProvisionPermissionSet')],
    ],
    [
      'start it anew, where AWS gave no reason, by the API of the operation',
      { verdict: 'failed', operation: 'delete-account-assignment', results: [failed(null)] },
      [again('DeleteAccountAssignment')],
    ],
    [
      "the trouble's remedy",
      { verdict: 'error', results: [givenUp('x')], trouble: troubleOf({ remedy: 'Allow it.' }) },
      ['Allow it.'],
    ],
    ['nothing, where waiting is the remedy', { verdict: 'error', trouble: troubleOf({ remedy: '' }) }, []],
    [
      'that AWS carries on, and to wait longer, on timed-out',
      { verdict: 'timed-out', results: [slow] },
      [carriesOn, raise],
    ],
    [
      'first the remedy, on timed-out',
      { verdict: 'timed-out', results: [slow], trouble: troubleOf({ remedy: 'Mend it.' }) },
      ['Mend it.', carriesOn, raise],
    ],
    ['that AWS carries on, on cancelled', { verdict: 'cancelled' }, [carriesOn]],
    [
      'that AWS carries on, on in-progress, and nothing else',
      { verdict: 'in-progress', results: [slow], trouble: troubleOf() },
      [carriesOn],
    ],
    ['correct the inputs', { verdict: 'error', problems: ['One'] }, [correct]],
    [
      'of a defect, report it and leave the inputs alone',
      { verdict: 'error', problems: ['boom'], trouble: troubleOf({ remedy: 'Report it.' }) },
      ['Report it.'],
    ],
  ])('%s', (_, outcome, steps) => {
    expect(nextStepsOf(outcomeOf(outcome))).toEqual(steps)
  })
})
