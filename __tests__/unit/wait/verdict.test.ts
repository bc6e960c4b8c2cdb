import { expect, test } from '@jest/globals'
import { passes, type Verdict, verdictOf, verdicts } from '../../../src/requests/verdict.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import { type Ending, initialSnapshot } from '../../../src/wait/snapshot/snapshot.ts'
import { denied, failed, final, inProgress, passing, succeeded, unanswered, unknown } from '../report/outcomes.ts'

const unreadable = unanswered({ blocker: final(unknown) })
const notAsked = unanswered({ blocker: final(denied, false) })
const lost = inProgress({ blocker: final(unknown) })
const waiting = unanswered({ blocker: passing(unknown, 0) })

test.each<[Verdict, Ending, readonly RequestState[]]>([
  ['succeeded', 'finished', []],
  ['succeeded', 'finished', [succeeded(), succeeded({ described: false })]],
  ['succeeded', 'looked-once', [succeeded()]],
  // Missing details do not change the end.
  ['succeeded', 'finished', [succeeded({ described: false, blocker: final(denied) })]],
  ['in-progress', 'looked-once', [succeeded(), inProgress()]],
  ['failed', 'finished', [succeeded(), failed()]],
  ['failed', 'finished', [failed({ described: false, blocker: final(denied) })]],
  ['failed', 'timed-out', [failed(), inProgress()]],
  ['failed', 'looked-once', [failed(), inProgress()]],
  ['failed', 'finished', [unreadable, failed()]],
  ['error', 'finished', [succeeded(), unreadable]],
  ['error', 'finished', [notAsked]],
  ['error', 'timed-out', [lost, inProgress()]],
  ['error', 'looked-once', [lost, inProgress()]],
  ['timed-out', 'timed-out', [succeeded(), inProgress()]],
  ['timed-out', 'timed-out', [waiting]],
  // A single look, with time over before every status was known.
  ['timed-out', 'looked-once', [succeeded(), waiting]],
  ['cancelled', 'cancelled', [succeeded(), inProgress()]],
  ['cancelled', 'cancelled', [failed()]],
  ['cancelled', 'cancelled', [unreadable]],
])('the verdict is %s when the wait is %s', (verdict, ending, requests) => {
  expect(verdictOf({ ...initialSnapshot([]), ending, requests })).toBe(verdict)
})

test('requests that have succeeded stay so if AWS then refuses every call', () => {
  const outage = { failure: denied, absentSinceMs: null, isFinal: true }
  const requests = [succeeded({ described: false })]
  expect(verdictOf({ ...initialSnapshot([]), ending: 'finished', requests, outage })).toBe('succeeded')
})

test('the step passes only on succeeded and in-progress', () => {
  expect(verdicts.filter(passes)).toEqual(['succeeded', 'in-progress'])
})
