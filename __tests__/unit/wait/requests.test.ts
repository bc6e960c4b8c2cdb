import { describe, expect, test } from '@jest/globals'
import { seeded } from '../../../bench/random.ts'
import type { Fault } from '../../../simulator/faults.ts'
import type { CallFailure } from '../../../src/requests/api.ts'
import { isUnreadable, statusOf } from '../../../src/wait/state/request-state.ts'
import { deadlineAfter } from '../../../src/wait/time/deadline.ts'
import { waitOn } from '../../support/in-process-api.ts'
import {
  busiestSecond,
  denied,
  invalid,
  lookOnce,
  Model,
  meets,
  noCredentials,
  notFound,
  plan,
  plans,
  throttled,
  unclear,
  unresolved,
  withGaps,
} from './model.ts'
import { rulesOfLog } from './schedule.ts'

const seconds = 1_000
const never = Number.POSITIVE_INFINITY

/** The failure for which each request was not read. */
const callFailuresOf = ({ requests }: { requests: readonly { blocker: { failure: CallFailure } | null }[] }) =>
  requests.map(({ blocker }) => blocker?.failure ?? null)

describe('one request', () => {
  test('that has ended before costs one call, and no time', async () => {
    const model = new Model({ plans: [plan(1)] })
    const { last, verdict } = await model.wait()
    expect([verdict, last.ending, last.elapsedMs, last.looks]).toEqual(['succeeded', 'finished', 50, 1])
    expect(last.requests).toMatchObject([{ phase: 'ended', endedAtMs: 50, endedBefore: true, described: true }])
    expect(model.required.map(({ atMs }) => atMs)).toEqual([0])
  })

  test('is noticed to have ended within one interval', async () => {
    const model = new Model({ plans: [plan(1, { seconds: 60 })] })
    const { last } = await model.wait()
    expect(last.requests).toMatchObject([{ phase: 'ended', endedBefore: false }])
    expect(last.elapsedMs).toBeGreaterThanOrEqual(60 * seconds)
    expect(last.elapsedMs).toBeLessThan(63.2 * seconds)
  })

  test('is asked about after pauses of 5 % of the time so far, up to 3 s', async () => {
    const model = new Model({ plans: [plan(1, { seconds: 100 })], latencyMs: 1 })
    await model.wait({ random: () => 1 - 2 ** -53 })
    const pauses = model.required.map(({ atMs }, index, all) => atMs - (all[index - 1]?.atMs ?? 0))
    expect(pauses[1]).toBeCloseTo((500 * 1.1) / 0.9 + 1, 3)
    expect(pauses.at(-1)).toBeCloseTo(3_001, 3)
  })
})

describe('at the deadline', () => {
  test('the wait looks once more, and a request that is still in progress has timed out', async () => {
    const model = new Model({ plans: [plan(1, { seconds: never })] })
    const { last, verdict } = await model.wait({ timeoutMs: 20 * seconds })
    expect([verdict, last.ending, last.elapsedMs]).toEqual(['timed-out', 'timed-out', 20 * seconds + 50])
    expect(model.required.at(-1)?.atMs).toBe(20 * seconds)
    expect(last.requests).toMatchObject([{ phase: 'in-progress', blocker: null }])
  })

  test.each([2, 30])('the wait for %d requests ends after 3 s without an answer', async (count) => {
    const model = new Model({ plans: plans(count), latencyMs: 3_600 * seconds })
    const { last, tookMs, verdict } = await model.wait({ timeoutMs: 25 * seconds })
    expect([verdict, last.elapsedMs, model.clock.sleeping]).toEqual(['timed-out', 28 * seconds, 0])
    expect(last.requests.map(statusOf)).toEqual(Array(count).fill(null))
    expect(tookMs).toBeLessThanOrEqual(28.8 * seconds)
  })

  test('a call that has hung for one second counts as a call without an answer, and a shorter one does not', async () => {
    for (const [timeoutMs, code] of [
      [999, undefined],
      [1_000, 'aborted'],
    ] as const) {
      // The last look hangs too, but a cancellation ends it, which says nothing about AWS.
      const model = new Model({ plans: [plan(1)], faults: { describe: { kind: 'hang' } } })
      const { last } = await model.wait({ timeoutMs, cancelAtMs: timeoutMs + 500 })
      expect(callFailuresOf(last)[0]?.code).toBe(code)
    }
  })
})

describe('when the job is cancelled', () => {
  test.each([
    ['in a pause', 1],
    ['in a call', 3_600 * seconds],
  ])('%s, the wait ends at once', async (_, latencyMs) => {
    const model = new Model({ plans: [plan(1, { seconds: never })], latencyMs })
    const { last, tookMs, verdict } = await model.wait({ cancelAtMs: 7_250 })
    expect([verdict, last.ending, tookMs, model.clock.sleeping]).toEqual(['cancelled', 'cancelled', 7_250, 0])
  })

  test('before the wait begins, there is no call', async () => {
    const model = new Model({ plans: [plan(1)] })
    const deadline = deadlineAfter(model.clock, 100 * seconds, AbortSignal.abort())
    expect((await model.wait({ deadline })).verdict).toBe('cancelled')
    expect(model.calls).toEqual([])
  })

  test('while only reasons are missing, the wait is cancelled too', async () => {
    const model = new Model({ plans: plans(400, () => ({ status: 'FAILED' })) })
    const { last, verdict } = await model.wait({ cancelAtMs: 20 * seconds })
    expect([verdict, last.ending, last.elapsedMs]).toEqual(['cancelled', 'cancelled', 20 * seconds])
    expect(last.requests.every((request) => statusOf(request) === 'FAILED')).toBe(true)
    const described = last.requests.filter((request) => request.phase === 'ended' && request.described)
    expect(described.length).toBeGreaterThan(100)
    expect(described.length).toBeLessThan(250)
  })

  test('after everything is known, the wait is not cancelled any more', async () => {
    const model = new Model({ plans: plans(2, () => ({ status: 'FAILED' })), latencyMs: 100 })
    const { last, verdict } = await model.wait({ cancelAtMs: 150 })
    expect([verdict, last.ending]).toEqual(['failed', 'finished'])
  })
})

describe('a wait for one status of each request', () => {
  test('ends after one look if every status is known', async () => {
    const model = new Model({ plans: [plan(1, { seconds: never }), plan(2)] })
    const { last, verdict } = await model.wait({ goal: lookOnce })
    expect([verdict, last.ending, model.required.length]).toEqual(['in-progress', 'looked-once', 2])
  })

  test('repeats a call without an answer, until the status is known', async () => {
    const model = new Model({
      plans: [plan(1, { seconds: never })],
      faults: ({ number }) => (number <= 3 ? meets(unclear) : null),
    })
    const { verdict } = await model.wait({ goal: lookOnce })
    expect([verdict, model.required.length]).toEqual(['in-progress', 4])
  })

  test('believes after one look that an ID is unknown', async () => {
    const model = new Model({ plans: [plan(1, { unknownForSeconds: never }), plan(2, { seconds: never })] })
    const { last, verdict } = await model.wait({ goal: lookOnce })
    expect([verdict, last.looks, last.elapsedMs]).toEqual(['error', 1, 50])
    expect(callFailuresOf(last)).toEqual([notFound, null])
  })

  test('takes a few seconds for thirty requests with a fifth of the calls throttled, without needless calls', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seeded(seed)
      const model = new Model({
        plans: plans(30, () => ({ seconds: never })),
        faults: () => (random() < 0.2 ? meets(throttled) : null),
      })
      const { tookMs, verdict } = await model.wait({ goal: lookOnce })
      expect(verdict).toBe('in-progress')
      expect(tookMs).toBeLessThan(12 * seconds)
      expect(model.said.filter(({ by }) => by === 'describe')).toHaveLength(30)
    }
  })
})

describe('failure', () => {
  test('costs half a second if it is short, and few calls if it is long', async () => {
    const model = new Model({
      plans: [plan(1, { seconds: never })],
      faults: ({ atMs }) => (atMs > 0 ? meets(unclear) : null),
      latencyMs: 1,
    })
    await model.wait({ timeoutMs: 120 * seconds })
    const [, ...times] = model.required.map(({ atMs }) => atMs)
    const pauses = times.slice(1, -1).map((atMs, index) => Math.round((atMs - (times[index] ?? 0)) / 100) / 10)
    expect(pauses).toEqual([0.6, 1.1, 2.2, 4.4, 8.9, 17.8, 18.2, 18.2, 18.2, 18.2])
  })

  test('that lasts until the deadline is known at the end', async () => {
    const model = new Model({ plans: [plan(1)], faults: () => meets(throttled) })
    const { last, verdict } = await model.wait({ timeoutMs: 60 * seconds })
    expect([verdict, last.outage, callFailuresOf(last)]).toEqual(['timed-out', throttled, [throttled]])
    expect(model.required.length).toBeLessThan(12)
  })

  test.each([denied, invalid, noCredentials])('that is a refusal ends the wait at once: $code', async (failure) => {
    const model = new Model({ plans: [plan(1)], faults: () => meets(failure) })
    const { last, verdict } = await model.wait()
    expect([verdict, last.ending, model.required.length]).toEqual(['error', 'finished', 1])
    expect(last.requests).toMatchObject([{ blocker: { kind: 'final', failure, asked: true } }])
  })
})

describe('an absence', () => {
  test.each([notFound, unresolved])('that ends within 30 s is tolerated: $code', async (failure) => {
    const model = new Model({
      plans: [plan(1)],
      faults: ({ atMs }) => (atMs < 29.5 * seconds ? meets(failure) : null),
    })
    const { last, verdict } = await model.wait()
    expect([verdict, last.outage, callFailuresOf(last)]).toEqual(['succeeded', null, [null]])
  })

  test.each([notFound, unresolved])('is believed after 30 s, and not a second later: $code', async (failure) => {
    const model = new Model({ plans: plans(2), faults: () => meets(failure), latencyMs: 1 })
    const { last, verdict } = await model.wait()
    expect([verdict, callFailuresOf(last)]).toEqual(['error', [failure, failure]])
    expect(last.elapsedMs).toBeGreaterThanOrEqual(30 * seconds)
    expect(last.elapsedMs).toBeLessThan(31 * seconds)
  })

  test('is believed in time, also with a long fixed interval', async () => {
    const model = new Model({ plans: [plan(1, { unknownForSeconds: never })] })
    const { last, verdict } = await model.wait({ pollIntervalMs: 300 * seconds })
    expect([verdict, model.required.length]).toEqual(['error', 2])
    expect(last.elapsedMs).toBeLessThan(31 * seconds)
  })

  test.each([notFound, unresolved])('starts anew after an answer: $code', async (failure) => {
    const model = new Model({
      plans: [plan(1, { seconds: never })],
      faults: ({ atMs }) => (atMs < 10 * seconds || model.said.length > 0 ? meets(failure) : null),
    })
    const { last, states, verdict } = await model.wait()
    const answeredAtMs = states.find(({ requests }) => requests.items[0]?.phase === 'in-progress')?.elapsedMs ?? 0
    expect(answeredAtMs).toBeGreaterThan(10 * seconds)
    expect(verdict).toBe('error')
    expect(last.elapsedMs).toBeGreaterThan(answeredAtMs + 30 * seconds)
    expect(last.elapsedMs).toBeLessThan(answeredAtMs + 34 * seconds)
  })

  test('is believed although a call is throttled every 20 s', async () => {
    let throttledAtMs = 0
    const model = new Model({
      plans: [plan(1, { unknownForSeconds: never })],
      faults: ({ atMs }) => {
        if (atMs - throttledAtMs < 20 * seconds) return null
        throttledAtMs = atMs
        return meets(throttled)
      },
    })
    const { last, verdict } = await model.wait()
    expect([verdict, callFailuresOf(last)]).toEqual(['error', [notFound]])
    expect(last.elapsedMs).toBeLessThan(45 * seconds)
  })

  test('that is older than 30 s does not shorten the pauses in an outage', async () => {
    const model = new Model({
      plans: [plan(1, { unknownForSeconds: never })],
      faults: ({ atMs }) => (atMs > 25 * seconds ? meets(unclear) : null),
    })
    const { verdict } = await model.wait({ timeoutMs: 180 * seconds })
    expect(verdict).toBe('timed-out')
    const inOutage = model.required.filter(({ atMs }) => atMs > 25 * seconds)
    expect(inOutage.length).toBeLessThanOrEqual(16)
  })
})

describe('refusals', () => {
  test('of single requests hide no other request, for any order and speed of answers', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed)
      const count = 3 + Math.floor(random() * 40)
      const all = plans(count, () => ({ status: random() < 0.5 ? 'FAILED' : 'SUCCEEDED' }))
      const refused = new Map(all.filter(() => random() < 0.6).map(({ requestId }) => [requestId, invalid]))
      const model = new Model({
        plans: all,
        faults: ({ name, requestId }) => {
          const failure = name === 'list' ? invalid : refused.get(requestId ?? '')
          return failure === undefined ? null : meets(failure)
        },
        latencyMs: () => 10 + random() * 3_000,
      })
      const { last } = await model.wait()
      expect(last.requests.map((request) => [statusOf(request), isUnreadable(request)])).toEqual(
        all.map(({ requestId, status }) => (refused.has(requestId) ? [null, true] : [status, false])),
      )
      expect(model.calls.filter(({ name }) => name === 'describe')).toHaveLength(count)
    }
  })

  test.each([
    ['and lists as well', [denied, denied], 4],
    ['while lists show them in progress', [denied, null], 20],
  ] as const)(
    'of the Describe action, %s, end the wait for a thousand requests after a few calls',
    async (_, [own, lists], most) => {
      const model = new Model({
        plans: plans(1_000, () => ({ seconds: never })),
        faults: ({ name }) => {
          const failure = name === 'list' ? lists : name === 'describe' ? own : null
          return failure === null ? null : meets(failure)
        },
      })
      const { last, verdict } = await model.wait()
      expect(verdict).toBe('error')
      expect(last.requests.every(isUnreadable)).toBe(true)
      expect(last.requests.filter(({ blocker }) => blocker?.kind === 'final' && blocker.asked).length).toBeLessThan(5)
      expect(model.calls.filter(({ name }) => name === 'describe').length).toBeLessThanOrEqual(4)
      expect(last.elapsedMs).toBeLessThan(most * seconds)
    },
  )

  test('of one operation end the wait for its requests, and not for others', async () => {
    const model = new Model({
      plans: plans(100, (number) => ({
        operation: number % 2 === 0 ? 'create-account-assignment' : 'provision-permission-set',
      })),
      faults: ({ name, requestId }) =>
        name === 'list' || Number(requestId?.slice(-1)) % 2 === 0 ? meets(denied) : null,
    })
    const { last, verdict } = await model.wait()
    expect(verdict).toBe('error')
    expect(last.requests.map(statusOf)).toEqual(plans(100).map((_, index) => (index % 2 === 0 ? 'SUCCEEDED' : null)))
    expect(model.calls.filter(({ name }) => name === 'describe').length).toBeLessThanOrEqual(50 + 10)
  })
})

describe('requests for which every Describe meets a 500', () => {
  /** When each request was first known to have ended. */
  const endsSeen = ({ last }: Awaited<ReturnType<Model['wait']>>) =>
    last.requests.map((request) => (request.phase === 'ended' ? request.endedAtMs : never))

  test('do not delay the looks at the others', async () => {
    const model = new Model({
      plans: plans(10, () => ({ seconds: 100 })),
      faults: ({ name, requestId }) =>
        name === 'list' ? meets(denied) : Number(requestId?.slice(-2)) > 4 ? meets(unclear) : null,
    })
    await model.wait({ timeoutMs: 90 * seconds })
    const pauses = model.calls.map(({ atMs }, index, all) => atMs - (all[index - 1]?.atMs ?? 0))
    expect(Math.max(...pauses)).toBeLessThan(5 * seconds)
  })

  test('do not delay the others, even if only their reasons are missing', async () => {
    const model = new Model({
      plans: plans(60, (number) => (number <= 12 ? { status: 'FAILED' } : { seconds: number <= 54 ? 0 : 20 })),
      faults: ({ name, requestId }) =>
        name === 'describe' && Number(requestId?.slice(-2)) <= 12 ? meets(unclear) : null,
    })
    const wait = await model.wait({ timeoutMs: 60 * seconds })
    expect(Math.max(...endsSeen(wait))).toBeLessThan(25 * seconds)
    expect(wait.verdict).toBe('failed')
  })
})

describe('reasons', () => {
  /** How many requests are known to have failed, and for how many of them the reason was read. */
  const failures = ({ requests }: Awaited<ReturnType<Model['wait']>>['last']) => {
    const failed = requests.filter((request) => request.phase === 'ended' && request.status === 'FAILED')
    return {
      failed: failed.length,
      read: failed.filter((request) => request.phase === 'ended' && request.described).length,
    }
  }

  test('that are not read until the deadline are read for 3 s more, and are then marked as not read', async () => {
    const model = new Model({ plans: plans(400, () => ({ status: 'FAILED' })) })
    const { last, tookMs, verdict } = await model.wait({ timeoutMs: 12 * seconds })
    expect(verdict).toBe('failed')
    const { failed, read } = failures(last)
    expect(failed).toBe(400)
    expect(read).toBe(model.said.filter(({ by }) => by === 'describe').length)
    expect(read).toBeGreaterThan(110)
    expect(last.requests.filter((request) => request.phase === 'ended' && request.failureReason !== null)).toHaveLength(
      read,
    )
    expect(tookMs).toBeLessThanOrEqual(15.8 * seconds)
  })

  test('that AWS denies are marked as not read, with the cause', async () => {
    const model = new Model({
      plans: plans(60, () => ({ status: 'FAILED' })),
      faults: { describe: meets(denied) },
    })
    const { last, verdict } = await model.wait()
    expect([verdict, failures(last)]).toEqual(['failed', { failed: 60, read: 0 }])
    expect(callFailuresOf(last)).toEqual(Array(60).fill(denied))
    expect(model.calls.filter(({ name }) => name === 'describe').length).toBeLessThanOrEqual(10)
  })
})

describe('a share of throttled calls', () => {
  test.each([
    [50, true, 0.1, 20],
    [50, true, 0.2, 45],
    [200, false, 0.2, 90],
  ])('delays %d requests that have ended (lists: %s, share: %d) to at most %d s', async (count, lists, share, most) => {
    const took: number[] = []
    for (let seed = 1; seed <= 10; seed++) {
      const random = seeded(seed)
      const model = new Model({
        plans: plans(count),
        faults: ({ name }) => {
          if (random() < share) return meets(throttled)
          return name === 'list' && !lists ? meets(denied) : null
        },
      })
      const { last, verdict } = await model.wait({ random })
      expect(verdict).toBe('succeeded')
      took.push(last.elapsedMs / seconds)
    }
    expect(Math.max(...took)).toBeLessThan(most)
  })
})

describe('several requests', () => {
  test('are all described at their end if there are up to 50, and not often before that', async () => {
    const model = new Model({
      plans: plans(50, (number) => ({ seconds: number / 2, status: number % 10 === 0 ? 'FAILED' : 'SUCCEEDED' })),
    })
    const { last } = await model.wait()
    expect(last.requests.every((request) => request.details.permissionSetArn !== null)).toBe(true)
    expect(last.requests.filter((request) => statusOf(request) === 'FAILED')).toHaveLength(5)
    expect(model.calls.filter(({ name }) => name === 'describe').length).toBeLessThan(75)
  })

  test('take one call for each look at two of them, and one for each of them every ten seconds', async () => {
    const model = new Model({ plans: plans(2, () => ({ seconds: 100 })) })
    const { last } = await model.wait()
    const described = model.calls.filter(({ name }) => name === 'describe').length
    expect(described).toBeLessThanOrEqual(2 * 10 + 2)
    expect(model.required.length - described).toBe(last.looks - 1)
  })

  test('are settled within 8 s after the last of a thousand has ended', async () => {
    const model = new Model({
      plans: plans(1_000, (number) => ({
        seconds: number * 0.06,
        status: number % 100 === 0 ? 'FAILED' : 'SUCCEEDED',
      })),
      foreign: plans(2_000).map((own, index) => ({ ...own, requestId: plan(10_000 + index).requestId })),
    })
    const { last } = await model.wait()
    expect(last.requests.filter((request) => statusOf(request) === 'FAILED')).toHaveLength(10)
    expect(last.elapsedMs).toBeLessThan(68 * seconds)
    expect(model.calls.length).toBeLessThan(700)
    expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
  })
})

describe('a list of requests', () => {
  const faults: [string, Fault][] = [
    ['meets a 500', meets(unclear)],
    ['is throttled', meets(throttled)],
    ['is invalid', meets(invalid)],
    ['is denied', meets(denied)],
    ['hangs', { kind: 'hang' }],
    ['shows what was an hour ago', { kind: 'stale', byMs: 3_600_000 }],
    ['is empty', withGaps(1)],
  ]

  test.each(faults)('that %s hides no FAILED, costs only seconds, and is read again later', async (_, fault) => {
    for (const count of [2, 60]) {
      const model = new Model({
        plans: plans(count, (number) => (number === count ? { seconds: 3, status: 'FAILED' } : { seconds: 100 })),
        faults: { list: fault },
      })
      const { last, states, verdict } = await model.wait()
      expect(verdict).toBe('failed')
      const seen = states.find(({ requests }) => requests.items.some((request) => statusOf(request) === 'FAILED'))
      expect(seen?.elapsedMs).toBeLessThan(40 * seconds)
      expect(last.elapsedMs).toBeLessThan(140 * seconds)
    }
  })
})

test('requests take turns if a look cannot ask about all', async () => {
  const model = new Model({
    plans: plans(40, () => ({ seconds: never })),
    faults: ({ name, number }) =>
      name === 'list' ? meets(denied) : number >= 10 && number < 16 ? meets(unclear) : null,
  })
  await model.wait({ timeoutMs: 15 * seconds })
  const counts = plans(40).map(({ requestId }) => model.calls.filter((call) => call.requestId === requestId).length)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2)
})

describe('a heartbeat', () => {
  test.each([
    ['in a quiet wait', 1, 50, 19],
    ['during looks that take 90 s each', 300, 2_000, 5],
  ])('comes whenever the log had no line for 30 s: %s', async (_, count, latencyMs, expected) => {
    const model = new Model({
      plans: plans(count, () => ({ seconds: never })),
      faults: { list: meets(denied) },
      latencyMs,
    })
    const wait = await model.wait({ timeoutMs: 600 * seconds })
    expect(
      wait.log.filter(({ text }) => text.includes(' of ') || text === 'IN_PROGRESS').length,
    ).toBeGreaterThanOrEqual(expected)
    expect(rulesOfLog(wait)).toEqual([])
  })
})

describe('a defect', () => {
  const leavesNothing = async (model: Model) => {
    const { length } = model.calls
    await model.clock.advance(100)
    expect([model.clock.sleeping, model.calls.length]).toEqual([0, length])
  }

  test.each([1, 30])('of the observer ends the wait, and leaves no timer and no call: %d requests', async (count) => {
    for (const failsAt of [1, 2, 3, 4, 20]) {
      const model = new Model({ plans: plans(count, () => ({ seconds: 300 })) })
      let observed = 0
      const observe = () => {
        if (++observed === failsAt) throw new Error('a mistake in the code')
      }
      const keys = plans(count).map(({ requestId, operation }) => ({ requestId, operation }))
      const waiting = waitOn(model.clock, model.api, keys, { timeoutMs: 1_800 * seconds, observe })
      await expect(model.clock.run(waiting)).rejects.toThrow('a mistake in the code')
      await leavesNothing(model)
    }
  })

  test('of the API ends the wait, and leaves no timer and no call', async () => {
    const model = new Model({ plans: plans(1, () => ({ seconds: 300 })) })
    const describe = () => Promise.reject(new Error('a mistake in the code'))
    await expect(model.wait({ api: { ...model.api, describe } })).rejects.toThrow('a mistake in the code')
    await leavesNothing(model)
  })
})
