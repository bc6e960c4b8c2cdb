import { describe, expect, test } from '@jest/globals'
import { seeded } from '../../../bench/random.ts'
import type { Fault } from '../../../simulator/faults.ts'
import { isUnreadable, statusOf } from '../../../src/wait/state/request-state.ts'
import { deadlineAfter } from '../../../src/wait/time/deadline.ts'
import { waitOn } from '../../support/in-process-api.ts'
import { permissionSetArnOf, requestIdOf } from '../examples.ts'
import { denied, invalid, lookOnce, Model, meets, plan, plans, throttled, unclear, withGaps } from './model.ts'
import * as given from './rows.ts'
import { during, ending, forEach, from, testEach } from './rows.ts'

const seconds = 1_000
const never = Number.POSITIVE_INFINITY
const endless = { seconds: never }
const describeStatus = 'sso:DescribePermissionSetProvisioningStatus'
const list = 'sso:ListPermissionSetProvisioningStatus'
const allEndless = (count: number) => plans(count, () => endless)
const allFailed = (count: number) => plans(count, () => ({ status: 'FAILED' }))
const unknown = [plan(1, { unknownForSeconds: never })]

describe('a wait', () => {
  testEach({
    'for what has ended before costs one call, and no time': [
      { plans: [plan(1)] },
      { ...ending('succeeded', 0.05, 0.05), described: 1 },
    ],
    'notices an end within one interval': [{ plans: [plan(1, { seconds: 55 })] }, ending('succeeded', 55, 58.2)],
    'looks once more at the deadline': [{ plans: allEndless(1) }, ending('timed-out', 60.05, 60.05)],
    'sees an end by that look, with a long fixed interval': [
      { plans: [plan(1, { seconds: 2 })], pollIntervalSeconds: 300 },
      { ...ending('succeeded', 60.05, 60.05), described: 2 },
    ],
    ...forEach([2, 30], (count) => ({
      [`for ${count} requests ends 3 s after the deadline without an answer`]: [
        { plans: plans(count), latencyMs: 3_600_000, timeoutSeconds: 25 },
        { ...ending('timed-out', 28, 28), outputs: { status: /^$/ } },
      ],
    })),
    'that is throttled until the deadline makes few calls, and says so': [
      { plans: [plan(1)], faults: () => given.throttled },
      { ...ending('timed-out', 60, 63.5), described: 11, title: /throttl/i },
    ],
    ...forEach([given.denied('DescribePermissionSetProvisioningStatus', 'r'), given.invalid], (refusal) => ({
      [`that is refused ends at once: ${'code' in refusal && refusal.code}`]: [
        { plans: [plan(1)], faults: { describe: refusal } },
        { ...ending('error', 0, 0.9), described: 1 },
      ],
    })),
  })
})

describe('a job that is cancelled', () => {
  testEach({
    ...forEach([1, 3_600_000], (latencyMs) => ({
      [`ends the wait at once, when a call takes ${latencyMs} ms`]: [
        { plans: allEndless(1), latencyMs, cancelAtSeconds: 7.25 },
        ending('cancelled', 7.25, 7.25),
      ],
    })),
    'ends the wait while only reasons are missing': [
      { plans: allFailed(400), cancelAtSeconds: 20 },
      { ...ending('cancelled', 20, 20), outputs: { status: /^FAILED$/ } },
    ],
    'after everything is known does not change the verdict': [
      { plans: allFailed(2), latencyMs: 100, cancelAtSeconds: 0.15 },
      ending('failed', 0.1, 0.11),
    ],
  })

  test('before the wait begins, there is no call', async () => {
    const model = new Model({ plans: [plan(1)] })
    const deadline = deadlineAfter(model.clock, 100 * seconds, AbortSignal.abort())
    expect((await model.wait({ deadline })).verdict).toBe('cancelled')
    expect(model.calls).toEqual([])
  })
})

describe('a wait for one status of each request', () => {
  testEach({
    'ends after one look if every status is known': [
      { goal: lookOnce, plans: [plan(1, endless), plan(2)] },
      { ...ending('in-progress', 0, 0.9), described: 2 },
    ],
    'repeats a call without an answer, until the status is known': [
      { goal: lookOnce, plans: allEndless(1), faults: ({ number }) => number <= 3 && meets(unclear) },
      { ...ending('in-progress', 1, 9), described: 4 },
    ],
    'believes after one look that an ID is unknown': [
      { goal: lookOnce, plans: [...unknown, plan(2, endless)] },
      { ...ending('error', 0.05, 0.05), says: /no such request/, outputs: { status: /^IN_PROGRESS$/ } },
    ],
  })

  test('takes a few seconds for thirty requests with a fifth of the calls throttled, without needless calls', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seeded(seed)
      const model = new Model({
        plans: allEndless(30),
        faults: () => (random() < 0.2 ? meets(throttled) : null),
      })
      const { tookMs, verdict } = await model.wait({ goal: lookOnce })
      expect(verdict).toBe('in-progress')
      expect(tookMs).toBeLessThan(12 * seconds)
      expect(model.said.filter(({ by }) => by === 'describe')).toHaveLength(30)
    }
  })
})

describe('calls and pauses', () => {
  test('a call that has hung for one second counts as a call without an answer, and a shorter one does not', async () => {
    for (const [timeoutMs, code] of [
      [999, undefined],
      [1_000, 'aborted'],
    ] as const) {
      // The last look hangs too, but a cancellation ends it, which says nothing about AWS.
      const model = new Model({ plans: [plan(1)], faults: { describe: { kind: 'hang' } } })
      const { last } = await model.wait({ timeoutMs, cancelAtMs: timeoutMs + 500 })
      expect(last.requests[0]?.blocker?.failure.code).toBe(code)
    }
  })

  test('is asked about after pauses of 5 % of the time so far, up to 3 s', async () => {
    const model = new Model({ plans: [plan(1, { seconds: 100 })], latencyMs: 1 })
    await model.wait({ random: () => 1 - 2 ** -53 })
    const pauses = model.required.map(({ atMs }, index, all) => atMs - (all[index - 1]?.atMs ?? 0))
    expect(pauses[1]).toBeCloseTo((500 * 1.1) / 0.9 + 1, 3)
    expect(pauses.at(-1)).toBeCloseTo(3_001, 3)
  })

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
})

describe('an absence', () => {
  testEach({
    ...forEach([given.notFound, given.unresolved], (absent) => {
      const code = 'code' in absent && absent.code
      return {
        [`that ends within 30 s is tolerated: ${code}`]: [
          { plans: [plan(1)], faults: during(0, 29.5, absent) },
          ending('succeeded', 29.5, 33),
        ],
        [`is believed after 30 s, and not a second later: ${code}`]: [
          { plans: plans(2), faults: () => absent, latencyMs: 1 },
          ending('error', 30, 30.999),
        ],
        [`starts anew after an answer: ${code}`]: [
          { plans: allEndless(1), faults: (call) => during(0, 10, absent)(call) || from(20, absent)(call) },
          { ...ending('error', 50, 54), outputs: { status: /^IN_PROGRESS$/ } },
        ],
      }
    }),
    'is believed in time, also with a long fixed interval': [
      { plans: unknown, pollIntervalSeconds: 300 },
      { ...ending('error', 30, 30.999), described: 2 },
    ],
    'is believed although a call is throttled now and then': [
      { plans: unknown, faults: ({ turn }) => turn % 15 === 0 && given.throttled },
      { ...ending('error', 30, 45), says: /no such request/ },
    ],
    'that is older than 30 s does not shorten the pauses in an outage': [
      { plans: unknown, faults: from(25, meets(unclear)), timeoutSeconds: 180 },
      { ...ending('timed-out', 180, 183.5), described: 52 },
    ],
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

  testEach({
    'of the Describe action, and of lists, end the wait for a thousand requests after a few calls': [
      { plans: allEndless(1_000), settings: { deny: [describeStatus, list] } },
      { ...ending('error', 0, 4), described: 4 },
    ],
    'of the Describe action say what to allow, although nothing says the primary Region': [
      {
        plans: [plan(1)],
        faults: { describe: given.denied('DescribePermissionSetProvisioningStatus', 'r'), region: given.hang },
      },
      { ...ending('error', 0, 11), says: /Allow sso:DescribePermissionSetProvisioningStatus/ },
    ],
    'of the Describe action, while lists show them in progress, end it too': [
      { plans: allEndless(1_000), settings: { deny: [describeStatus] } },
      { ...ending('error', 0, 20), described: 4 },
    ],
  })

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
    const { last, verdict } = await model.wait({ timeoutMs: 60 * seconds })
    const endsSeenMs = last.requests.map((request) => (request.phase === 'ended' ? request.endedAtMs : never))
    expect([verdict, Math.max(...endsSeenMs) < 25 * seconds]).toEqual(['failed', true])
  })
})

describe('reasons', () => {
  testEach({
    'that are not read until the deadline are read for 3 s more, and are then marked as not read': [
      { plans: allFailed(400), timeoutSeconds: 12 },
      { ...ending('failed', 12, 15.1), says: /reasons that are missing/, outputs: { status: /^FAILED$/ } },
    ],
    'that AWS denies are marked as not read, with the cause': [
      { plans: allFailed(60), settings: { deny: [describeStatus] } },
      { ...ending('failed', 0, 20), described: 10, says: /sso:DescribePermissionSetProvisioningStatus/ },
    ],
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
  const failing = (every: number) => (number: number) => number % every === 0 && ({ status: 'FAILED' } as const)
  testEach({
    'are all described at their end if there are up to 50, and not often before that': [
      { plans: plans(50, (number) => ({ seconds: number / 2, ...failing(10)(number) })) },
      {
        ...ending('failed', 25, 29),
        described: 74,
        outputs: { 'permission-set-arn': /./, 'failure-reason': /^([^\n]*\n){4}[^\n]*$/ },
      },
    ],
    'are settled within 8 s after the last of a thousand has ended': [
      {
        plans: plans(1_000, (number) => ({ seconds: number * 0.06, ...failing(100)(number) })),
        foreign: plans(2_000).map((own, index) => ({ ...own, requestId: requestIdOf(10_000 + index) })),
        timeoutSeconds: 120,
      },
      { ...ending('failed', 60, 68), calls: 700, outputs: { 'failure-reason': /^([^\n]*\n){9}[^\n]*$/ } },
    ],
    'are an error if one of them is unknown, also if another is still in progress at the deadline': [
      { plans: [...unknown, plan(2), plan(3, endless)] },
      { ...ending('error', 60, 63.5), says: /no such request/, outputs: { status: /^IN_PROGRESS$/ } },
    ],
    'ask for the name of each permission set once': [
      { plans: plans(9, (number) => ({ permissionSetArn: permissionSetArnOf(number % 3) })) },
      { ...ending('succeeded', 0, 2), calls: 9 + 3 },
    ],
    'have no half list of accounts': [
      { plans: allFailed(1), accounts: 250, faults: { accounts: ({ token }) => token !== null && given.server } },
      { ...ending('failed', 0, 2), outputs: { 'accounts-behind': /^\[\]$/ } },
    ],
  })

  test('take one call for each look at two of them, and one for each of them every ten seconds', async () => {
    const model = new Model({ plans: plans(2, () => ({ seconds: 100 })) })
    const { last } = await model.wait()
    const described = model.calls.filter(({ name }) => name === 'describe').length
    expect(described).toBeLessThanOrEqual(2 * 10 + 2)
    expect(model.required.length - described).toBe(last.state.looks - 1)
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
