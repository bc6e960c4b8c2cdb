import { describe, expect, it } from '@jest/globals'
import type { Observer } from '../../../src/polling/api.ts'
import { Budget } from '../../../src/polling/budget.ts'
import { verdictOf } from '../../../src/verdict.ts'
import { requestIdOf } from '../examples.ts'
import {
  busiestSecond,
  type Course,
  denied,
  Model,
  noCredentials,
  notFound,
  throttled,
  unclear,
  unresolved,
} from './model.ts'

const seconds = 1_000
const never = Number.POSITIVE_INFINITY

function course(number: number, endsAtMs: number, end: Course['end'] = 'SUCCEEDED'): Course {
  return { requestId: requestIdOf(number), endsAtMs, end }
}

function courses(count: number, endsAtMs: (number: number) => number, fails = (_: number) => false): Course[] {
  return Array.from({ length: count }, (_, index) =>
    course(index + 1, endsAtMs(index + 1), fails(index + 1) ? 'FAILED' : 'SUCCEEDED'),
  )
}

describe('One request', () => {
  it('is looked at at once, and no more once it has ended', async () => {
    const model = new Model({ courses: [course(1, 0)] })
    const { ending, results, elapsedMs } = await model.wait()
    expect(ending).toBe('finished')
    expect(results[0]).toMatchObject({
      state: { status: 'SUCCEEDED' },
      error: null,
      givenUp: false,
      finishedBefore: true,
    })
    expect(model.calls.map(({ atMs }) => atMs)).toEqual([0])
    expect(elapsedMs).toBe(50)
    expect(model.clock.sleeping).toBe(0)
  })

  it('is noticed within the interval after it ended', async () => {
    const model = new Model({ courses: [course(1, 60 * seconds)] })
    const { results } = await model.wait()
    expect(results[0]?.finishedAfterMs).toBeGreaterThanOrEqual(60 * seconds)
    expect(results[0]?.finishedAfterMs).toBeLessThan(63.2 * seconds)
    expect(results[0]?.finishedBefore).toBe(false)
  })

  it('that failed is told with its reason, once', async () => {
    const model = new Model({ courses: [course(1, 5 * seconds, 'FAILED')] })
    const { results } = await model.wait()
    expect(results[0]?.state).toMatchObject({ status: 'FAILED', failureReason: `${requestIdOf(1)} failed` })
    expect(model.changes).toMatchObject([
      { kind: 'status', state: { status: 'IN_PROGRESS' } },
      { kind: 'status', state: { status: 'FAILED' } },
    ])
  })

  it('is asked about at a fixed interval where one is given', async () => {
    const model = new Model({ courses: [course(1, 35 * seconds)], latencyMs: 1 })
    await model.wait({ pollIntervalMs: 10 * seconds, random: () => 0.9 })
    expect(model.calls.map(({ atMs }) => Math.round(atMs / seconds))).toEqual([0, 10, 20, 30, 40])
  })

  it('still in progress at the deadline gets a last look there, and has timed out', async () => {
    const model = new Model({ courses: [course(1, never)] })
    const { ending, results, elapsedMs } = await model.wait({ timeoutMs: 20 * seconds })
    expect(ending).toBe('timed-out')
    expect(model.calls.at(-1)?.atMs).toBe(20 * seconds)
    expect(elapsedMs).toBe(20 * seconds + 50)
    expect(results[0]).toMatchObject({ state: { status: 'IN_PROGRESS' }, error: null })
  })

  it('that ends right at the deadline is noticed by the last look', async () => {
    const model = new Model({ courses: [course(1, 20 * seconds)] })
    expect((await model.wait({ timeoutMs: 20 * seconds })).ending).toBe('finished')
  })

  it('is given up 2.5 s after the deadline when nothing answers', async () => {
    const model = new Model({ courses: [course(1, 0)], latencyMs: 3_600 * seconds })
    const { ending, elapsedMs, results } = await model.wait({ timeoutMs: 20 * seconds })
    expect(ending).toBe('timed-out')
    expect(elapsedMs).toBe(22.5 * seconds)
    expect(results[0]?.state.status).toBeNull()
    expect(model.clock.sleeping).toBe(0)
  })

  it('is left at once when the job is cancelled, in a sleep or in a call', async () => {
    for (const latencyMs of [1, 3_600 * seconds]) {
      const model = new Model({ courses: [course(1, never)], latencyMs })
      const cancellation = new AbortController()
      model.clock.sleep(7_250, new AbortController().signal).then(() => cancellation.abort())
      const { ending, elapsedMs } = await model.wait({ cancel: cancellation.signal })
      expect(ending).toBe('cancelled')
      expect(elapsedMs).toBe(7_250)
    }
  })

  it('is not asked about when the job was cancelled before', async () => {
    const model = new Model({ courses: [course(1, 0)] })
    expect((await model.wait({ cancel: AbortSignal.abort() })).ending).toBe('cancelled')
    expect(model.calls).toEqual([])
  })

  it('is looked at once when not to be waited for', async () => {
    const model = new Model({ courses: [course(1, 60 * seconds)] })
    expect((await model.wait({ untilFinished: false })).ending).toBe('looked-once')
    expect(model.calls).toHaveLength(1)
  })

  it('is asked about again when not to be waited for, until its status is known', async () => {
    const model = new Model({ courses: [course(1, never)], outages: [{ from: 1, to: 3, trouble: unclear }] })
    expect((await model.wait({ untilFinished: false })).ending).toBe('looked-once')
    expect(model.calls).toHaveLength(4)
  })
})

describe('Trouble', () => {
  it('that passes leaves no trace but its line and that of its end', async () => {
    const model = new Model({ courses: [course(1, 60 * seconds)], outages: [{ from: 3, to: 4, trouble: unclear }] })
    const { results, trouble } = await model.wait()
    expect(results[0]?.state.status).toBe('SUCCEEDED')
    expect(trouble).toBeNull()
    expect(model.changes.map(({ kind }) => kind)).toEqual(['status', 'trouble', 'recovered', 'status'])
  })

  it('of a hiccup costs half a second, and an outage backs off to 20 s', async () => {
    const model = new Model({
      courses: [course(1, never)],
      outages: [{ from: 2, to: 99, trouble: unclear }],
      latencyMs: 1,
    })
    await model.wait({ timeoutMs: 120 * seconds })
    const pauses = model.calls
      .slice(2, -1)
      .map(({ atMs }, index) => Math.round((atMs - (model.calls[index + 1]?.atMs ?? 0)) / 100) / 10)
    expect(pauses).toEqual([0.6, 1.1, 2.2, 4.4, 8.9, 17.8, 18.2, 18.2, 18.2, 18.2])
  })

  it('that lasts until the deadline is what the wait ends with', async () => {
    const model = new Model({ courses: [course(1, 0)], outages: [{ from: 1, to: 999, trouble: throttled }] })
    const { ending, results, trouble } = await model.wait({ timeoutMs: 60 * seconds })
    expect(ending).toBe('timed-out')
    expect(trouble).toEqual(throttled)
    expect(results[0]).toMatchObject({ state: { status: null }, error: 'Slow down', givenUp: false })
  })

  it.each([
    ['a request that is not known', notFound],
    ['a host that does not resolve', unresolved],
  ])('of %s is tolerated for less than 30 s', async (_, trouble) => {
    const model = new Model({ courses: [course(1, 0)], outages: [{ from: 1, to: 5, trouble }] })
    const { ending, results } = await model.wait()
    expect(model.calls.at(-1)?.atMs).toBeLessThan(30 * seconds)
    expect(ending).toBe('finished')
    expect(results[0]?.state.status).toBe('SUCCEEDED')
  })

  it.each([
    ['a request that is not known', notFound],
    ['a host that does not resolve', unresolved],
  ])('of %s is believed once it has lasted 30 s', async (_, trouble) => {
    const model = new Model({ courses: [course(1, 0)], outages: [{ from: 1, to: 999, trouble }] })
    const { results, elapsedMs } = await model.wait()
    expect(results[0]).toMatchObject({ state: { status: null }, error: trouble.message, givenUp: true })
    expect(elapsedMs).toBeGreaterThanOrEqual(30 * seconds)
    expect(elapsedMs).toBeLessThan(31 * seconds)
  })

  it.each([
    ['an answer', null],
    ['another cause', unclear],
  ])('of an absence starts anew after %s', async (_, between) => {
    const model = new Model({
      courses: [course(1, never)],
      outages: [
        { from: 1, to: 20, trouble: notFound },
        ...(between ? [{ from: 21, to: 21, trouble: between }] : []),
        { from: 22, to: 999, trouble: notFound },
      ],
    })
    const { elapsedMs } = await model.wait()
    const brokenAt = model.calls[20]?.atMs ?? 0
    expect(brokenAt).toBeGreaterThan(10 * seconds)
    expect(elapsedMs).toBeGreaterThanOrEqual(brokenAt + 30 * seconds)
  })

  it('that is a refusal ends the wait at once', async () => {
    for (const trouble of [denied, noCredentials]) {
      const model = new Model({ courses: [course(1, 0)], outages: [{ from: 1, to: 999, trouble }] })
      const { ending, results } = await model.wait()
      expect(ending).toBe('finished')
      expect(verdictOf(results, ending)).toBe('error')
      expect(model.calls).toHaveLength(1)
    }
  })
})

describe('A set', () => {
  it('of nothing has ended before the first call', async () => {
    const model = new Model({ courses: [] })
    const { ending, results } = await model.wait()
    expect({ ending, results, calls: model.calls }).toEqual({ ending: 'finished', results: [], calls: [] })
  })

  it('of a few is described at first, and then listed while it is in progress', async () => {
    const model = new Model({ courses: courses(10, () => 20 * seconds) })
    const { results } = await model.wait()
    expect(model.calls.slice(0, 10).every(({ operation }) => operation === 'describe')).toBe(true)
    const lists = model.calls.filter(({ operation }) => operation === 'list')
    expect(lists.length).toBeGreaterThan(5)
    expect(model.calls).toHaveLength(10 + lists.length + 10)
    expect(results.every(({ state }) => state.permissionSetArn !== null)).toBe(true)
  })

  it('of two costs one call a look', async () => {
    const model = new Model({ courses: courses(2, (number) => number * 30 * seconds) })
    await model.wait()
    expect(model.calls.length).toBe(model.looks + 1 + 1)
  })

  it('up to 50 has every request described once it has ended, so that all details are known', async () => {
    const model = new Model({
      courses: courses(
        50,
        (number) => number * 500,
        (number) => number % 10 === 0,
      ),
    })
    const { results } = await model.wait()
    expect(results.map(({ state }) => state.requestId)).toEqual(courses(50, () => 0).map(({ requestId }) => requestId))
    expect(results.filter(({ state }) => state.status === 'FAILED')).toHaveLength(5)
    expect(results.every(({ state }) => state.permissionSetArn !== null)).toBe(true)
    expect(model.calls.filter(({ operation }) => operation === 'describe')).toHaveLength(50)
  })

  it('of a thousand that had all ended before is settled by lists, and the failed ones are described', async () => {
    const model = new Model({
      courses: courses(
        1_000,
        () => 0,
        (number) => number % 100 === 0,
      ),
      foreign: Array.from({ length: 2_000 }, (_, index) => course(10_000 + index, 0)),
    })
    const { results, elapsedMs } = await model.wait()
    expect(results.filter(({ state }) => state.status === 'SUCCEEDED')).toHaveLength(990)
    expect(results.filter(({ state }) => state.failureReason !== null)).toHaveLength(10)
    expect(model.calls.length).toBeLessThanOrEqual(80)
    expect(elapsedMs).toBeLessThan(8 * seconds)
    expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
  })

  it('of a thousand that end one after the other is settled within 8 s after the last', async () => {
    const model = new Model({
      courses: courses(
        1_000,
        (number) => number * 60,
        (number) => number % 100 === 0,
      ),
      foreign: Array.from({ length: 2_000 }, (_, index) => course(10_000 + index, 0)),
    })
    const { results, elapsedMs } = await model.wait()
    expect(results.filter(({ state }) => state.status === 'FAILED')).toHaveLength(10)
    expect(elapsedMs).toBeLessThan(68 * seconds)
    expect(model.calls.length).toBeLessThan(700)
    expect(busiestSecond(model.calls)).toBeLessThanOrEqual(10)
  })

  it('tells how many have most likely ended but wait to be confirmed', async () => {
    const unconfirmed: number[] = []
    const model = new Model({ courses: courses(200, (number) => (number <= 100 ? 0 : 20 * seconds)) })
    await model.wait({ onLooked: (count) => unconfirmed.push(count) })
    expect(unconfirmed[0]).toBe(85)
    expect(unconfirmed.at(-1)).toBe(0)
  })

  it('whose list is refused is described request by request, which is said once', async () => {
    const model = new Model({ courses: courses(30, () => 10 * seconds), listTrouble: denied })
    const { results } = await model.wait()
    expect(results.every(({ state }) => state.status === 'SUCCEEDED')).toBe(true)
    expect(model.listRefusals).toBe(1)
    expect(model.calls.filter(({ operation }) => operation === 'list')).toHaveLength(1)
  })

  it('whose list is all other people’s is described request by request', async () => {
    const model = new Model({
      courses: courses(100, () => 30 * seconds),
      foreign: Array.from({ length: 6_000 }, (_, index) => course(10_000 + index, never)),
    })
    await model.wait()
    expect(model.calls.filter(({ operation }) => operation === 'list')).toHaveLength(50)
  })

  it('that no list shows is settled by describing', async () => {
    const all = courses(60, () => 5 * seconds)
    const model = new Model({ courses: all, unlisted: new Set(all.map(({ requestId }) => requestId)) })
    const { results } = await model.wait()
    expect(results.every(({ state }) => state.status === 'SUCCEEDED')).toBe(true)
  })

  it('waits for the rest when one has failed', async () => {
    const model = new Model({ courses: [course(1, 0, 'FAILED'), course(2, 40 * seconds)] })
    const { results, elapsedMs } = await model.wait()
    expect(results.map(({ state }) => state.status)).toEqual(['FAILED', 'SUCCEEDED'])
    expect(elapsedMs).toBeGreaterThan(40 * seconds)
  })

  it('with one that cannot be read learns the other 49', async () => {
    for (const trouble of [denied, notFound]) {
      const model = new Model({
        courses: courses(50, () => 10 * seconds),
        troubles: new Map([[requestIdOf(7), trouble]]),
      })
      const { ending, results } = await model.wait()
      expect(results.filter(({ state }) => state.status === 'SUCCEEDED')).toHaveLength(49)
      expect(results[6]).toMatchObject({ state: { status: null }, error: trouble.message, givenUp: true })
      expect(verdictOf(results, ending)).toBe('error')
    }
  })

  it('of which three are refused before any is answered is refused as a whole', async () => {
    const all = courses(300, () => 0)
    const model = new Model({
      courses: all,
      listTrouble: denied,
      troubles: new Map(all.map(({ requestId }) => [requestId, denied])),
    })
    const { results } = await model.wait()
    expect(results.every(({ givenUp }) => givenUp)).toBe(true)
    expect(model.calls.length).toBeLessThan(15)
  })

  it('whose denials are explained by a further call within the same budget ends at once', async () => {
    const all = courses(12, () => 0)
    const model = new Model({
      courses: all,
      listTrouble: denied,
      troubles: new Map(all.map(({ requestId }) => [requestId, denied])),
    })
    const budget = new Budget(model.clock)
    const observer: Observer = {
      describe: (requestId, signal) => model.describe(requestId, signal),
      list: (status, token, signal) => model.list(status, token, signal),
      async explain(trouble, signal) {
        const release = await budget.take('optional', signal)
        release?.()
        return { ...trouble, message: 'Denied, as the Region is wrong' }
      },
    }
    const { elapsedMs, results } = await model.wait({ observer, budget })
    expect(elapsedMs).toBeLessThan(3_000)
    expect(results[0]).toMatchObject({ error: 'Denied, as the Region is wrong', givenUp: true })
  })

  it('is asked about in turns when a look does not get round', async () => {
    const model = new Model({
      courses: courses(40, () => never),
      listTrouble: denied,
      outages: [{ from: 12, to: 12, trouble: unclear }],
    })
    await model.wait({ timeoutMs: 15 * seconds })
    const counts = courses(40, () => 0).map(
      ({ requestId }) => model.calls.filter((call) => call.requestId === requestId).length,
    )
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2)
  })
})
