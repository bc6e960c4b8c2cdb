import { describe, expect, test } from '@jest/globals'
import { affected, blockersOf, type Cause, errorOf, reasonsOf } from '../../../src/report/causes.ts'
import type { Outcome } from '../../../src/report/outcome.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import {
  callFailureOf,
  denied,
  failed,
  final,
  inProgress,
  outcomeOf,
  passing,
  permissionSetArnOf,
  requestIdOf,
  several,
  succeeded,
  unanswered,
  unknown,
} from './outcomes.ts'

const ids = ({ requests }: Cause) => requests.map(({ key }) => key.requestId)
const outage = callFailureOf()

describe("AWS's reasons", () => {
  test('appear once each, with their requests, in the order of the requests', () => {
    const requests = [
      failed({ number: 1, failureReason: 'A.' }),
      succeeded({ number: 2 }),
      failed({ number: 3, failureReason: 'B.' }),
      failed({ number: 4, failureReason: 'A.' }),
    ]
    const reasons = reasonsOf(outcomeOf({ verdict: 'failed', requests }))
    expect(reasons.map((reason) => [reason.text, ids(reason)])).toEqual([
      ['A.', [requestIdOf(1), requestIdOf(4)]],
      ['B.', [requestIdOf(3)]],
    ])
  })

  test('have the likely cause and the remedy, if they are known', () => {
    const requests = several(1, failed, { failureReason: 'Received a 404 status error: Assignment not found.' })
    const [reason] = reasonsOf(outcomeOf({ verdict: 'failed', requests }))
    expect(reason?.advice).toMatchObject({
      cause: expect.stringMatching(/^AWS did not find the assignment/),
      remedy: expect.stringMatching(/^Compare the assignments/),
    })
    expect(reasonsOf(outcomeOf({ requests: [failed({ failureReason: 'Gremlins.' })] }))[0]?.advice).toBeNull()
  })

  test('are missing only if a Describe said FAILED without a reason', () => {
    const described = outcomeOf({ verdict: 'failed', requests: [failed()] })
    expect(reasonsOf(described).map(({ text }) => text)).toEqual(['AWS gave no reason.'])
    expect([blockersOf(described), errorOf(failed(), described)]).toEqual([[], null])

    const listed = outcomeOf({ verdict: 'failed', requests: [failed({ described: false })] })
    expect(reasonsOf(listed)).toEqual([])
  })
})

const noTime = 'There was no time left to ask AWS'
const cancelled = 'The job was cancelled before AWS answered'
const notRead = 'FAILED; the reason was not read: '

describe('the error of a request', () => {
  test.each<[string, RequestState, Partial<Outcome>, string | null]>([
    ['nothing, for a failure that was described', failed(), { outage }, null],
    [
      'nothing, for a success, described or not',
      succeeded({ described: false, blocker: passing(denied) }),
      { outage },
      null,
    ],
    ['nothing, for a request in progress', inProgress(), { ending: 'timed-out' }, null],
    ['nothing, for a request in progress when the job was cancelled', inProgress(), { ending: 'cancelled' }, null],
    ['what it met last', inProgress({ blocker: passing(unknown) }), { outage }, unknown.message],
    ['what it met last, if AWS gave no status', unanswered({ blocker: final(denied) }), {}, denied.message],
    ['the outage, for a request in progress', inProgress(), { outage }, outage.message],
    ['the outage, for a request without a status', unanswered(), { ending: 'cancelled', outage }, outage.message],
    ['that there was no time', unanswered(), { ending: 'timed-out' }, noTime],
    ['that the job was cancelled', unanswered(), { ending: 'cancelled' }, cancelled],
    [
      'that AWS was not asked, and why',
      unanswered({ blocker: final(denied, false) }),
      {},
      `AWS was not asked about this request, because other requests had met this: ${denied.title}`,
    ],
    [
      'that AWS was not asked again, if it was asked before',
      inProgress({ blocker: final(denied, false) }),
      {},
      `AWS was not asked about this request again, because other requests had met this: ${denied.title}`,
    ],
    [
      'that AWS was not asked again, if it gave no answer before',
      unanswered({ askedAtMs: 5, blocker: final(denied, false) }),
      {},
      `AWS was not asked about this request again, because other requests had met this: ${denied.title}`,
    ],
  ])('says %s', (_, request, outcome, error) => {
    expect(errorOf(request, outcomeOf({ verdict: 'error', ...outcome }))).toBe(error)
  })

  test.each<[string, RequestState, Partial<Outcome>, string]>([
    ['what the Describe met', failed({ described: false, blocker: final(denied) }), { outage }, denied.message],
    ['the outage', failed({ described: false }), { outage }, outage.message],
    ['the cancellation', failed({ described: false }), { ending: 'cancelled' }, cancelled],
    ['a lack of time', failed({ described: false }), { ending: 'timed-out' }, noTime],
    [
      'that AWS was not asked',
      failed({ described: false, blocker: final(denied, false) }),
      {},
      `AWS was not asked about this request again, because other requests had met this: ${denied.title}`,
    ],
  ])('says why the reason of a failure was not read: %s', (_, request, outcome, why) => {
    expect(errorOf(request, outcomeOf({ verdict: 'failed', requests: [request], ...outcome }))).toBe(`${notRead}${why}`)
  })
})

describe('a cause of what could not be read', () => {
  test('appears once, with its requests, how many were not asked about, and what to do', () => {
    const requests = [
      unanswered({ number: 1, blocker: final(denied) }),
      unanswered({ number: 2, blocker: final(unknown) }),
      unanswered({ number: 3, blocker: final(denied, false) }),
      failed({ number: 4, described: false, blocker: final(denied, false) }),
      succeeded({ number: 5 }),
    ]
    const blockers = blockersOf(outcomeOf({ verdict: 'failed', requests }))
    expect(blockers.map((cause) => [cause.text, ids(cause), cause.notAsked, cause.advice])).toEqual([
      [
        denied.message,
        [requestIdOf(1), requestIdOf(3)],
        1,
        { cause: null, remedy: denied.remedy, snippet: denied.snippet },
      ],
      [unknown.message, [requestIdOf(2)], 0, { cause: null, remedy: unknown.remedy, snippet: unknown.snippet }],
      [`${notRead}${denied.message}`, [requestIdOf(4)], 1, expect.objectContaining({ remedy: denied.remedy })],
    ])
  })

  test.each<[string, Partial<Outcome>, string[]]>([
    [
      'the outage of a wait that timed out',
      { verdict: 'timed-out', requests: [inProgress()], outage },
      [outage.message],
    ],
    ['a lack of time', { verdict: 'timed-out', requests: [unanswered()] }, [noTime]],
    ['missing, if nothing went wrong', { verdict: 'timed-out', requests: [inProgress()] }, []],
    [
      'missing, if a cancellation explains it',
      { verdict: 'cancelled', ending: 'cancelled', requests: [unanswered()] },
      [],
    ],
    [
      'a missing reason of a failure, after a cancellation',
      { verdict: 'cancelled', ending: 'cancelled', requests: [failed({ described: false })] },
      [`${notRead}${cancelled}`],
    ],
    [
      'failure before a cancellation',
      { verdict: 'cancelled', ending: 'cancelled', requests: [unanswered({ blocker: passing(unknown) })] },
      [unknown.message],
    ],
    ['missing, if the step passes', { verdict: 'in-progress', requests: [inProgress()], outage }, []],
    ['missing for wrong inputs', { verdict: 'error', problems: ['One'], ending: null }, []],
  ])('is %s', (_, outcome, texts) => {
    expect(blockersOf(outcomeOf(outcome)).map(({ text }) => text)).toEqual(texts)
  })

  test('has no advice if waiting is the only remedy', () => {
    const blocker = passing(callFailureOf({ remedy: '' }))
    const [cause] = blockersOf(outcomeOf({ verdict: 'timed-out', requests: [unanswered({ blocker })] }))
    expect(cause?.advice).toBeNull()
  })
})

describe('the requests that a cause is about', () => {
  const names = new Map([[permissionSetArnOf(1), 'ReadOnlyAccess']])
  const causeOf = (requests: RequestState[], notAsked = 0): Cause => ({ requests, notAsked, text: '', advice: null })

  test('are named by permission set, account and ID, for the first three', () => {
    const about = (number: number) => failed({ number, permissionSetArn: permissionSetArnOf(number) })
    const requests = [1, 2, 3, 4, 5].map(about)
    const outcome = outcomeOf({ requests: [...requests, succeeded()], names })
    expect(affected(causeOf(requests.slice(0, 1)), outcome)).toBe(`ReadOnlyAccess in all accounts (${requestIdOf(1)})`)
    expect(affected(causeOf(requests), outcome)).toBe(
      `ReadOnlyAccess in all accounts (${requestIdOf(1)}), ps-0000000000000002 in all accounts (${requestIdOf(2)}), ps-0000000000000003 in all accounts (${requestIdOf(3)}) and 2 more`,
    )
  })

  test('are counted if the cause is about all requests', () => {
    const requests = several(2, unanswered)
    expect(affected(causeOf(requests), outcomeOf({ requests }))).toBe('All 2 requests')
  })

  test('have no name if there is only one', () => {
    expect(affected(causeOf([failed()]), outcomeOf({ requests: [failed()] }))).toBe('')
  })

  test('are marked if AWS was not asked about them', () => {
    const requests = several(3, unanswered)
    const outcome = outcomeOf({ requests })
    expect(affected(causeOf(requests, 2), outcome)).toBe('All 3 requests, 2 of them not asked about')
    expect(affected(causeOf(requests.slice(0, 1), 1), outcome)).toBe(`${requestIdOf(1)}, not asked about`)
  })
})
