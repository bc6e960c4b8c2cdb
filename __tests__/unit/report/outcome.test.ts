import { describe, expect, test } from '@jest/globals'
import {
  byUrgency,
  everyAccountBehind,
  internalError,
  invalidInputs,
  outcomeOf as outcomeOfSnapshot,
} from '../../../src/report/outcome.ts'
import { initialSnapshot, type Snapshot } from '../../../src/wait/snapshot/snapshot.ts'
import { noSecrets } from '../examples.ts'
import { denied, failed, final, inProgress, outcomeOf, startedAt, succeeded, unanswered, unknown } from './outcomes.ts'

test('wrong inputs are an error without a call to AWS', () => {
  expect(invalidInputs(['One', 'Two'], startedAt)).toEqual(
    outcomeOf({ verdict: 'error', region: '', ending: null, problems: ['One', 'Two'] }),
  )
})

test.each<[unknown, string]>([
  [new TypeError('x is not a function'), 'The action failed unexpectedly (TypeError: x is not a function)'],
  ['text', 'The action failed unexpectedly (Error: text)'],
])('an unexpected error is an error with its own words: %s', (thrown, problem) => {
  const requests = [inProgress()]
  const { outage, ...outcome } = internalError(thrown, outcomeOf({ verdict: 'timed-out', requests }), noSecrets)
  expect(outcome).toMatchObject({ verdict: 'error', requests, ending: null, problems: [problem] })
  expect(outage?.title).toBe('The action failed unexpectedly')
})

test('the most urgent requests come first: failed, unreadable, open, succeeded, each in the order given', () => {
  const requests = [
    succeeded({ number: 1 }),
    inProgress({ number: 2 }),
    unanswered({ number: 3, blocker: final(denied) }),
    failed({ number: 4 }),
    unanswered({ number: 5 }),
    inProgress({ number: 6, blocker: final(denied) }),
    failed({ number: 7 }),
    succeeded({ number: 8, blocker: final(denied) }),
  ]
  const order = byUrgency(requests).map(({ key }) => Number(key.requestId.at(-1)))
  expect(order).toEqual([4, 7, 3, 6, 2, 5, 1, 8])
})

test('an account that is behind with several permission sets counts only once', () => {
  const accountsBehind = new Map([
    ['one', ['444455556666', '777788889999']],
    ['other', ['111122223333', '444455556666']],
  ])
  expect(everyAccountBehind(outcomeOf({ accountsBehind }))).toEqual(['111122223333', '444455556666', '777788889999'])
})

describe('the outcome of a wait on a replica', () => {
  const inRegion = (region: string, known: Partial<Snapshot>) =>
    outcomeOfSnapshot({ ...initialSnapshot([]), ending: 'finished', ...known }, region, startedAt)
  const requests = [unanswered({ blocker: final(denied) }), unanswered({ number: 2, blocker: final(unknown) })]

  test('names the primary Region in place of the denial, and has no policy to paste', () => {
    const { requests: reported } = inRegion('eu-central-1', { requests, primaryRegion: 'eu-west-1' })
    const failure = reported[0]?.blocker?.failure
    expect(failure?.title).toBe("Wrong Region: the instance's primary Region is eu-west-1")
    expect(failure?.message).toMatch(/^The instance's primary Region is eu-west-1, .*Access denied/)
    expect(failure).not.toHaveProperty('snippet')
    expect(reported[1]).toBe(requests[1])
  })

  test.each([null, 'eu-central-1'])("has AWS's words if that Region is %s", (primaryRegion) => {
    expect(inRegion('eu-central-1', { requests, primaryRegion }).requests).toBe(requests)
  })
})
