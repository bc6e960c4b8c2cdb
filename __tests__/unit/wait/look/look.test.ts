import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../../../simulator/faults.ts'
import { type Goal, toTheEnd } from '../../../../src/requests/goal.ts'
import type { FinalStatus } from '../../../../src/requests/request.ts'
import { askWithin } from '../../../../src/wait/look/ask.ts'
import type { LookOptions } from '../../../../src/wait/look/context.ts'
import { look } from '../../../../src/wait/look/look.ts'
import { isSettled } from '../../../../src/wait/snapshot/agreement.ts'
import { fold } from '../../../../src/wait/snapshot/fold.ts'
import { isUnfinished } from '../../../../src/wait/snapshot/request-state.ts'
import { initialSnapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import { neverAborted } from '../../../../src/wait/time/deadline.ts'
import type { LookOutcome } from '../../../../src/wait/time/interval.ts'
import { RateLimit } from '../../../../src/wait/time/rate-limit.ts'
import {
  denied,
  lookOnce,
  Model,
  type ModelCall,
  type ModelOptions,
  meets,
  type NumberedPlan,
  notFound,
  plan,
  plans,
  throttled,
  unclear,
  withGaps,
} from '../model.ts'

const seconds = 1_000
const never = Number.POSITIVE_INFINITY

/** Requests that are in progress, after others that have ended. */
function requests(inProgress: number, ended = 0, status: FinalStatus = 'SUCCEEDED'): NumberedPlan[] {
  return plans(ended + inProgress, (number) => (number <= ended ? { status } : { seconds: never }))
}

/** Other people's requests, in progress or with this final status. */
function foreign(count: number, status?: FinalStatus): NumberedPlan[] {
  const how = status === undefined ? { seconds: never } : { status }
  return Array.from({ length: count }, (_, index) => plan(10_000 + index, how))
}

/** Looks at the requests of a model, one look after the other. */
class Looks {
  readonly model: Model
  snapshot
  /** Whether the last look has read the lists that the goal needs. */
  hasReadLists = false
  readonly #ask

  constructor(options: ModelOptions, goal = toTheEnd) {
    this.model = new Model({ latencyMs: 1, ...options })
    const keys = options.plans.map(({ requestId, operation }) => ({ requestId, operation }))
    this.snapshot = initialSnapshot(keys, goal)
    this.#ask = askWithin(new RateLimit(this.model.clock), this.model.clock)
  }

  /** Looks once. Returns how the look ended, how many times each call was made, and how many requests may wait. */
  async look(
    kind: LookOptions['kind'] = 'regular',
    signal = neverAborted,
  ): Promise<{ outcome: LookOutcome; [calls: string]: number | LookOutcome }> {
    const { model } = this
    const { length } = model.calls
    const options = {
      api: model,
      ask: this.#ask,
      current: () => this.snapshot,
      elapsedMs: () => model.nowMs,
      kind,
      signal,
    }
    let unconfirmed = 0
    const consume = async (): Promise<LookOutcome> => {
      const observations = look(options)
      for (;;) {
        const { done, value } = await observations.next()
        if (done) return value
        if (value.kind === 'looked') ({ hasReadLists: this.hasReadLists, unconfirmed } = value)
        this.snapshot = fold(this.snapshot, value, model.nowMs)
      }
    }
    const outcome = await model.clock.run(consume())
    const counts: Record<string, number> = {}
    for (const { name, status } of model.calls.slice(length)) counts[status ?? name] = (counts[status ?? name] ?? 0) + 1
    return { outcome, ...counts, ...(unconfirmed > 0 ? { unconfirmed } : {}) }
  }

  /** The numbers of the requests in the last calls of Describe. */
  described(last: number): number[] {
    return this.model.calls.slice(-last).map(({ requestId }) => Number(requestId?.slice(-6)))
  }
}

describe('a look at requests in progress', () => {
  test('describes up to ten in the first look, and lists them from then on', async () => {
    const looks = new Looks({ plans: requests(10) })
    expect(await looks.look()).toEqual({ outcome: 'answered', describe: 10 })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
  })

  test('lists more than ten in the first look, each operation by itself', async () => {
    const all = [
      ...requests(11),
      ...plans(12).map((own, index) => ({
        ...own,
        requestId: plan(500 + index).requestId,
        seconds: never,
        operation: 'create-account-assignment' as const,
      })),
    ]
    expect(await new Looks({ plans: requests(11) }).look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
    const looks = new Looks({ plans: all })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 2 })
    // A list can be out of date, so one request of each is described now and then.
    await looks.model.clock.advance(10 * seconds)
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 2, describe: 2 })
  })

  test('of which one status is enough only lists them', async () => {
    const looks = new Looks({ plans: requests(51) })
    await looks.model.clock.advance(10 * seconds)
    expect(await looks.look('only')).toEqual({ outcome: 'answered', IN_PROGRESS: 1 })
  })

  test('whose permission sets are to be rolled out asks which these are, 20 at a time', async () => {
    const looks = new Looks({ plans: requests(50), accounts: 5 }, { ...toTheEnd, until: 'rolled-out' })
    const calls = { outcome: 'answered', IN_PROGRESS: 1 }
    expect(await looks.look()).toEqual({ ...calls, describe: 20, accounts: 1 })
    expect(await looks.look()).toEqual({ ...calls, describe: 20 })
    expect(await looks.look()).toEqual({ ...calls, describe: 10 })
    expect(await looks.look()).toEqual(calls)
  })

  test('whose permission sets are to be rolled out describes all of them if the role may not list them', async () => {
    const options = { plans: requests(30), fault: { list: meets(denied) } }
    const looks = new Looks(options, { ...toTheEnd, until: 'rolled-out' })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, describe: 30, accounts: 1 })
    expect(await looks.look()).toEqual({ outcome: 'answered', describe: 30 })
  })

  test.each([
    ['only', 50, { describe: 50 }],
    ['only', 51, { IN_PROGRESS: 1 }],
    ['last', 25, { describe: 25 }],
    ['last', 26, { IN_PROGRESS: 1, describe: 26 }],
  ] as const)('of the kind %s at %d: %j', async (kind, count, calls) => {
    expect(await new Looks({ plans: requests(count) }).look(kind)).toEqual({ outcome: 'answered', ...calls })
  })

  test('repeats throttled calls', async () => {
    const looks = new Looks({ plans: requests(3), fault: ({ number }) => (number === 2 ? meets(throttled) : null) })
    expect(await looks.look('only')).toEqual({ outcome: 'answered', describe: 4 })
  })

  test('of the kind only does not ask about known requests', async () => {
    const looks = new Looks({ plans: requests(3), fault: ({ number }) => (number === 2 ? meets(unclear) : null) })
    expect(await looks.look('only')).toEqual({ outcome: 'answered', describe: 3 })
    expect(await looks.look('only')).toEqual({ outcome: 'answered', describe: 1 })
  })

  test.each([
    [25, 1],
    [26, 2],
    [100, 4],
    [300, 4],
  ])('describes some of %d that were not described for 10 s: %d', async (count, checks) => {
    const looks = new Looks({ plans: requests(count) })
    const { IN_PROGRESS: pages = 0 } = await looks.look()
    await looks.model.clock.advance(10 * seconds - looks.model.nowMs - Number(pages) - 1)
    expect(await looks.look()).not.toHaveProperty('describe')
    expect(await looks.look()).toMatchObject({ outcome: 'answered', describe: checks })
    expect(looks.described(checks)).toEqual(plans(checks).map((_, index) => index + 1))
    expect(await looks.look()).toMatchObject({ describe: checks })
    expect(looks.described(1)).toEqual([2 * checks])
  })
})

describe('a look at requests that have ended', () => {
  test.each([
    [10, { describe: 10 }],
    [11, { FAILED: 1, describe: 11 }],
    [15, { FAILED: 1, describe: 15 }],
    [16, { FAILED: 1, describe: 15, unconfirmed: 1 }],
  ])('describes %d of many that are not on the list: %j', async (ended, calls) => {
    const looks = new Looks({ plans: requests(80 - ended, ended) })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, ...calls })
  })

  test('takes turns with requests that may wait, if there are many', async () => {
    const looks = new Looks({
      plans: requests(60, 40),
      fault: { describe: meets(notFound) },
    })
    for (const first of [1, 16, 31]) {
      expect(await looks.look()).toMatchObject({ describe: 15, unconfirmed: 25 })
      expect(looks.described(15)[0]).toBe(first)
    }
  })

  test('finds many failures in their list, and describes them for their reasons', async () => {
    const looks = new Looks({ plans: requests(60, 20, 'FAILED') })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, describe: 20 })
    expect(looks.snapshot.requests.filter((request) => request.phase === 'ended' && request.described)).toHaveLength(20)
  })

  test.each([
    ['regular', 11, { describe: 15, unconfirmed: 54 }],
    ['regular', 10, { SUCCEEDED: 1 }],
    ['only', 11, { SUCCEEDED: 1 }],
    ['last', 11, { SUCCEEDED: 1, describe: 11 }],
  ] as const)('of the kind %s, while %d others are in progress: %j', async (kind, inProgress, calls) => {
    const looks = new Looks({ plans: requests(inProgress, 80 - inProgress) })
    const lists = { IN_PROGRESS: 1, FAILED: 1 }
    expect(await looks.look(kind)).toEqual({ outcome: 'answered', ...lists, ...calls })
  })

  test.each([20, 50])('describes all of up to 50 requests for their details: %d', async (ended) => {
    const looks = new Looks({ plans: requests(50 - ended, ended) })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, describe: ended })
  })

  test('describes requests that are on no list', async () => {
    const looks = new Looks({ plans: requests(0, 80), fault: { list: withGaps(1) } })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, SUCCEEDED: 1, describe: 80 })
    expect(looks.snapshot.requests.some(isUnfinished)).toBe(false)
  })
})

describe('a list', () => {
  test('is read only until it has shown all our requests', async () => {
    const looks = new Looks({ plans: requests(20), foreign: foreign(0), pageSize: 10 })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 2 })
    const [ours, others] = [requests(20), foreign(400)]
    const mixed = new Looks({ plans: ours, foreign: others, pageSize: 100 })
    expect(await mixed.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 5 })
  })

  test('is not read if it has more pages than there are requests', async () => {
    const looks = new Looks({ plans: requests(3), foreign: foreign(900) })
    expect(await looks.look()).toEqual({ outcome: 'answered', describe: 3 })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 3, describe: 3 })
    expect(await looks.look()).toEqual({ outcome: 'answered', describe: 3 })
  })

  test('of other people’s requests is read for 50 pages more than ours fill, and again after 30 s', async () => {
    const looks = new Looks({ plans: requests(70), foreign: foreign(600), pageSize: 10 })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 51, describe: 70 })
    expect(looks.snapshot.lists['provision-permission-set'].failure?.code).toBe('LongList')
    expect(await looks.look()).toEqual({ outcome: 'answered', describe: 70 })
    await looks.model.clock.advance(30 * seconds)
    expect(await looks.look()).toMatchObject({ IN_PROGRESS: 51 })
  })

  test('of other people’s failures is read once, and the list of requests in progress goes on', async () => {
    const looks = new Looks({ plans: requests(80, 60), foreign: foreign(600, 'FAILED'), pageSize: 10 })
    expect(await looks.look()).toEqual({
      outcome: 'answered',
      IN_PROGRESS: 8,
      FAILED: 52,
      describe: 15,
      unconfirmed: 45,
    })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 8, describe: 15, unconfirmed: 30 })
  })

  test.each([
    ['denied', denied, 1],
    ['unclear', unclear, 1],
    ['throttled', throttled, 5],
  ] as const)('that is %s lets the same look describe all requests', async (_, failure, calls) => {
    const looks = new Looks({ plans: requests(60), fault: { list: meets(failure) } })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: calls, describe: 60 })
    expect(await looks.look()).toEqual({ outcome: 'answered', describe: 60 })
    await looks.model.clock.advance(30 * seconds)
    expect(await looks.look()).toMatchObject(failure === denied ? { describe: 60 } : { IN_PROGRESS: calls })
  })

  test('of failures that fails lets the same look describe all requests that have left the list, without another list', async () => {
    for (const inProgress of [0, 40]) {
      const looks = new Looks({
        plans: requests(inProgress, 60),
        fault: { list: ({ status }) => (status === 'FAILED' ? meets(unclear) : null) },
      })
      expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, FAILED: 1, describe: 60 })
    }
  })

  test('that was throttled four times can still be used', async () => {
    const looks = new Looks({ plans: requests(60), fault: ({ number }) => (number < 5 ? meets(throttled) : null) })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 5 })
  })

  test('that failed is read again after 30 s, although hundreds of requests still have to be described', async () => {
    const looks = new Looks({
      plans: requests(1_000),
      fault: ({ number }) => (number === 1 ? meets(unclear) : null),
    })
    const { describe: described } = await looks.look()
    expect(looks.model.nowMs).toBeLessThan(31.1 * seconds)
    expect(described).toBe(299)
    expect(await looks.look()).toMatchObject({ IN_PROGRESS: 10 })
  })

  test('that the end of the look cut short counts for what it showed, and is read again', async () => {
    const looks = new Looks({ plans: requests(0, 60, 'FAILED'), pageSize: 20, latencyMs: 400 })
    const cut = new AbortController()
    looks.model.clock.sleep(1_000, neverAborted).then(() => cut.abort())
    await looks.look('regular', cut.signal)
    expect(looks.snapshot.requests.filter(({ phase }) => phase === 'ended')).toHaveLength(20)
    expect(looks.snapshot.lists['provision-permission-set']).toMatchObject({ failure: null, pages: { FAILED: 1 } })
  })
})

describe('a look for a rollout', () => {
  const stale: Fault = { kind: 'stale', byMs: 20 * seconds }

  test.each<[string, boolean, Fault | null]>([
    ['has read the lists that it needs', true, null],
    ['has not, if one fails', false, meets(unclear)],
    ['has, if the role may not read one', true, meets(denied)],
    ['has not, if one shows a request in progress that has ended', false, stale],
  ])('%s', async (_, hasReadLists, list) => {
    const goal: Goal = { ...toTheEnd, until: 'rolled-out' }
    const plans = [plan(1, { seconds: 5 }), plan(2, { seconds: never })]
    const looks = new Looks({ plans, fault: list === null ? {} : { list } }, goal)
    await looks.look()
    await looks.model.clock.advance(10 * seconds)
    await looks.look()
    expect([looks.hasReadLists, looks.snapshot.requests[0]?.phase]).toEqual([hasReadLists, 'ended'])
  })
})

describe('calls', () => {
  test('that AWS throttles are repeated three times after the others', async () => {
    const fault = {
      list: meets(denied),
      describe: ({ requestId }: ModelCall) => (requestId === plan(2).requestId ? meets(throttled) : null),
    }
    const looks = new Looks({ plans: requests(12), fault })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, describe: 15 })
    expect(looks.described(4)).toEqual([12, 2, 2, 2])
  })

  test('are made two at a time until AWS has answered, and then ten', async () => {
    const looks = new Looks({ plans: requests(10), latencyMs: 100 })
    await looks.look()
    const times = looks.model.calls.map(({ atMs }) => atMs)
    expect(times).toEqual([0, 0, ...Array(8).fill(100)])
    const refused = new Looks({ plans: requests(4), latencyMs: 100, fault: () => meets(notFound) })
    await refused.look()
    expect(refused.model.calls.map(({ atMs }) => atMs)).toEqual([0, 0, 100, 100])
  })

  test.each([
    [unclear, 'unclear'],
    [throttled, 'throttled'],
  ] as const)('five in vain in a row end a look, and the next begins with the others: $1', async (failure, outcome) => {
    const looks = new Looks({
      plans: requests(30),
      fault: { list: meets(denied), describe: ({ number }) => (number <= 7 ? meets(failure) : null) },
    })
    expect(await looks.look()).toEqual({ outcome, IN_PROGRESS: 1, describe: 6 })
    expect(await looks.look()).toEqual({ outcome: 'answered', describe: 30 })
    expect(looks.described(30)).toEqual([...plans(24).map((_, index) => index + 7), 1, 2, 3, 4, 5, 6])
  })

  test.each([
    [10, 'answered'],
    [11, 'unclear'],
  ])('of which AWS answers one in %d make the look count as %s', async (count, outcome) => {
    const describe = ({ number }: ModelCall) => (number === 4 ? null : meets(unclear))
    // The other calls take so long that all are in flight before five in a row have no answer.
    const latencyMs = ({ number }: ModelCall) => (number < 5 ? number : 5_000)
    const looks = new Looks({ plans: requests(count), fault: { list: meets(denied), describe }, latencyMs })
    const { outcome: own, describe: described } = await looks.look()
    expect([own, described]).toEqual([outcome, count])
  })

  test('that are refused count as answered', async () => {
    const looks = new Looks({ plans: requests(20), fault: { list: meets(denied), describe: meets(notFound) } })
    expect(await looks.look()).toEqual({ outcome: 'answered', IN_PROGRESS: 1, describe: 20 })
  })

  test('that a look could not make come first in the next look', async () => {
    const looks = new Looks({ plans: requests(12), fault: { list: meets(denied) } })
    const cut = new AbortController()
    looks.model.clock.sleep(500, neverAborted).then(() => cut.abort())
    expect(await looks.look('regular', cut.signal)).toMatchObject({ IN_PROGRESS: 1, describe: 9 })
    await looks.look()
    expect(looks.described(12).slice(0, 3)).toEqual([10, 11, 12])
  })

  test('about reasons come first, and only once for each request', async () => {
    const looks = new Looks({
      plans: [...requests(55), plan(90, { status: 'FAILED' }), plan(91, { status: 'FAILED' })],
    })
    looks.snapshot = fold(
      looks.snapshot,
      {
        kind: 'listed',
        operation: 'provision-permission-set',
        status: 'FAILED',
        pages: 1,
        failure: null,
        others: [],
        isWhole: true,
        rows: [90, 91].map((number) => ({ requestId: plan(number).requestId, status: 'FAILED', createdDate: null })),
      },
      0,
    )
    expect(await looks.look('last')).toEqual({ outcome: 'answered', IN_PROGRESS: 1, describe: 57 })
    expect(looks.described(57).slice(0, 3)).toEqual([90, 91, 1])
    expect(isSettled({ ...looks.snapshot, goal: lookOnce })).toBe(true)
  })
})
