import { describe, expect, test } from '@jest/globals'
import { affected, type Cause, errorOf, obstaclesOf, reasonsOf } from '../../../src/report/causes.ts'
import type { Outcome } from '../../../src/report/outcome.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import {
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
  troubleOf,
  unanswered,
  unknown,
} from './outcomes.ts'

const ids = ({ requests }: Cause) => requests.map(({ key }) => key.requestId)
const outage = troubleOf()

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
    expect([obstaclesOf(described), errorOf(failed(), described)]).toEqual([[], null])

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
      succeeded({ described: false, obstacle: passing(denied) }),
      { outage },
      null,
    ],
    ['nothing, for a request in progress', inProgress(), { ending: 'timed-out' }, null],
    ['nothing, for a request in progress when the job was cancelled', inProgress(), { ending: 'cancelled' }, null],
    ['what it met last', inProgress({ obstacle: passing(unknown) }), { outage }, unknown.message],
    ['what it met last, if AWS gave no status', unanswered({ obstacle: final(denied) }), {}, denied.message],
    ['the outage, for a request in progress', inProgress(), { outage }, outage.message],
    ['the outage, for a request without a status', unanswered(), { ending: 'cancelled', outage }, outage.message],
    ['that there was no time', unanswered(), { ending: 'timed-out' }, noTime],
    ['that the job was cancelled', unanswered(), { ending: 'cancelled' }, cancelled],
    [
      'that AWS was not asked, and why',
      unanswered({ obstacle: final(denied, false) }),
      {},
      `AWS was not asked about this request, because other requests had met this: ${denied.title}`,
    ],
    [
      'that AWS was not asked again, if it was asked before',
      inProgress({ obstacle: final(denied, false) }),
      {},
      `AWS was not asked about this request again, because other requests had met this: ${denied.title}`,
    ],
    [
      'that AWS was not asked again, if it gave no answer before',
      unanswered({ askedAtMs: 5, obstacle: final(denied, false) }),
      {},
      `AWS was not asked about this request again, because other requests had met this: ${denied.title}`,
    ],
  ])('says %s', (_, request, outcome, error) => {
    expect(errorOf(request, outcomeOf({ verdict: 'error', ...outcome }))).toBe(error)
  })

  test.each<[string, RequestState, Partial<Outcome>, string]>([
    ['what the Describe met', failed({ described: false, obstacle: final(denied) }), { outage }, denied.message],
    ['the outage', failed({ described: false }), { outage }, outage.message],
    ['the cancellation', failed({ described: false }), { ending: 'cancelled' }, cancelled],
    ['a lack of time', failed({ described: false }), { ending: 'timed-out' }, noTime],
    [
      'that AWS was not asked',
      failed({ described: false, obstacle: final(denied, false) }),
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
      unanswered({ number: 1, obstacle: final(denied) }),
      unanswered({ number: 2, obstacle: final(unknown) }),
      unanswered({ number: 3, obstacle: final(denied, false) }),
      failed({ number: 4, described: false, obstacle: final(denied, false) }),
      succeeded({ number: 5 }),
    ]
    const obstacles = obstaclesOf(outcomeOf({ verdict: 'failed', requests }))
    expect(obstacles.map((cause) => [cause.text, ids(cause), cause.notAsked, cause.advice])).toEqual([
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
      'trouble before a cancellation',
      { verdict: 'cancelled', ending: 'cancelled', requests: [unanswered({ obstacle: passing(unknown) })] },
      [unknown.message],
    ],
    ['missing, if the step passes', { verdict: 'in-progress', requests: [inProgress()], outage }, []],
    ['missing for wrong inputs', { verdict: 'error', problems: ['One'], ending: null }, []],
  ])('is %s', (_, outcome, texts) => {
    expect(obstaclesOf(outcomeOf(outcome)).map(({ text }) => text)).toEqual(texts)
  })

  test('has no advice if waiting is the only remedy', () => {
    const obstacle = passing(troubleOf({ remedy: '' }))
    const [cause] = obstaclesOf(outcomeOf({ verdict: 'timed-out', requests: [unanswered({ obstacle })] }))
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
