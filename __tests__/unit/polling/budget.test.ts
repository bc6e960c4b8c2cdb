import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Budget, type Priority } from '../../../src/polling/budget.ts'
import { VirtualClock } from '../../virtual-clock.ts'

const never = new AbortController().signal

/** Makes so many calls as soon as they are allowed, of which each takes so long, and tells when each was made. */
async function takeAll(budget: Budget, clock: VirtualClock, count: number, latencyMs = 0): Promise<number[]> {
  const times: number[] = []
  const take = async () => {
    const release = await budget.take('wait', never)
    times.push(clock.now())
    if (latencyMs > 0) await clock.sleep(latencyMs, never)
    release?.()
  }
  await clock.run(Promise.all(Array.from({ length: count }, take)))
  return times
}

/** The most permits that were given within any second: what is a second apart is not within one. */
function mostInAnySecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))
}

describe('the allowance', () => {
  test('is 10 calls at once, and then 10 in any second', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    expect(budget.callsPerSecond).toBe(10)
    const times = await takeAll(budget, clock, 25)
    expect(times.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0))
    expect(times.slice(10, 20)).toEqual(Array.from({ length: 10 }, () => 1_000))
    expect(times.slice(20)).toEqual(Array.from({ length: 5 }, () => 2_000))
    expect(clock.sleeping).toBe(0)
  })

  test('slides: a call counts until a second after it is over, not longer', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    for (let call = 0; call < 10; call++) {
      expect(await takeAll(budget, clock, 1)).toEqual([call * 100])
      await clock.advance(100)
    }
    expect(await takeAll(budget, clock, 3)).toEqual([1_000, 1_100, 1_200])
  })

  test('is whole again after a second of rest', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    await takeAll(budget, clock, 10)
    await clock.advance(1_000)
    expect(await takeAll(budget, clock, 10)).toEqual(Array.from({ length: 10 }, () => 1_000))
  })

  test('counts a call for as long as it takes, and a second more, as nobody knows when it reached AWS', async () => {
    const clock = new VirtualClock()
    const times = await takeAll(new Budget(clock), clock, 12, 300)
    expect(times).toEqual([...Array(10).fill(0), 1_300, 1_300])
  })

  test('is not given out while as many calls are under way, however long that takes', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    const releases = await Promise.all(Array.from({ length: 10 }, () => budget.take('wait', never)))
    let admitted = 0
    for (const priority of ['optional', 'wait'] as const) budget.take(priority, never).then(() => admitted++)
    await clock.advance(60_000)
    expect([admitted, clock.sleeping]).toEqual([0, 0])
    releases[0]?.()
    await clock.advance(999)
    expect(admitted).toBe(0)
    releases[1]?.()
    await clock.advance(1)
    expect([admitted, clock.sleeping]).toEqual([1, 1])
    await clock.advance(999)
    expect([admitted, clock.sleeping]).toEqual([2, 0])
  })

  test('is never more than 10 calls in any second, whoever asks, whatever AWS answers', async () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 700 }),
        takers: fc.array(fc.constantFrom<Priority>('wait', 'optional'), { maxLength: 12 }),
        event: fc.constantFrom('answered', 'throttled', 'nothing'),
      }),
      { maxLength: 25 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const clock = new VirtualClock()
        const budget = new Budget(clock)
        const times: number[] = []
        const takers: Promise<void>[] = []
        for (const { afterMs, takers: priorities, event } of plan) {
          await clock.advance(afterMs)
          if (event === 'answered') budget.answered()
          if (event === 'throttled') budget.throttled()
          for (const priority of priorities) {
            takers.push(
              budget.take(priority, never).then((release) => {
                times.push(clock.now())
                release?.()
              }),
            )
          }
        }
        await clock.run(Promise.all(takers))
        expect(times).toHaveLength(plan.flatMap(({ takers: priorities }) => priorities).length)
        expect(mostInAnySecond(times)).toBeLessThanOrEqual(10)
        expect(budget.callsPerSecond).toBeGreaterThanOrEqual(1)
        expect(budget.callsPerSecond).toBeLessThanOrEqual(10)
      }),
    )
  })
})

describe('priority', () => {
  test('the wait goes before what is optional, each first come, first served', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    await takeAll(budget, clock, 10)
    const order: string[] = []
    const take = (name: string, priority: Priority) =>
      budget.take(priority, never).then((release) => {
        order.push(name)
        release?.()
      })
    const all = [
      take('optional 1', 'optional'),
      take('wait 1', 'wait'),
      take('optional 2', 'optional'),
      take('wait 2', 'wait'),
    ]
    await clock.advance(500)
    await clock.run(Promise.all([...all, take('wait 3', 'wait')]))
    expect(order).toEqual(['wait 1', 'wait 2', 'wait 3', 'optional 1', 'optional 2'])
  })

  test('no optional call is ever made while the wait waits for a permit', async () => {
    const arrivals = fc.array(
      fc.record({ atMs: fc.nat(3_000), priority: fc.constantFrom<Priority>('wait', 'optional') }),
      { maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(arrivals, async (plan) => {
        const clock = new VirtualClock()
        const budget = new Budget(clock)
        let waiting = 0
        await clock.run(
          Promise.all(
            plan.map(async ({ atMs, priority }) => {
              await clock.sleep(atMs, never)
              const isWait = priority === 'wait'
              if (isWait) waiting++
              const permit = budget.take(priority, never)
              const release = await permit
              if (isWait) waiting--
              else expect(waiting).toBe(0)
              release?.()
            }),
          ),
        )
      }),
    )
  })
})

describe('an aborted taker', () => {
  test('gets nothing, at once, and spends nothing', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    expect(await budget.take('wait', AbortSignal.abort())).toBeNull()
    expect(await takeAll(budget, clock, 10)).toEqual(Array.from({ length: 10 }, () => 0))

    const abort = new AbortController()
    const aborted = Array.from({ length: 5 }, () => budget.take('wait', abort.signal))
    await clock.advance(10)
    abort.abort()
    expect(await Promise.all(aborted)).toEqual([null, null, null, null, null])
    expect(clock.now()).toBe(10)
    expect(await takeAll(budget, clock, 10)).toEqual(Array.from({ length: 10 }, () => 1_000))
  })

  test('leaves the place in the queue to the others', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    await takeAll(budget, clock, 10)
    const abort = new AbortController()
    const permits = [budget.take('wait', never), budget.take('wait', abort.signal), budget.take('wait', never)]
    abort.abort()
    const given = await clock.run(Promise.all(permits))
    expect(given.map((release) => release !== null)).toEqual([true, false, true])
  })

  test('who has the permit already keeps it', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    const abort = new AbortController()
    expect(await budget.take('wait', abort.signal)).not.toBeNull()
    const others = takeAll(budget, clock, 12)
    abort.abort()
    expect(await others).toEqual([...Array(9).fill(0), ...Array(3).fill(1_000)])
  })
})

describe('when AWS throttles', () => {
  test('the allowance is halved each time, down to one call a second', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    const limits: number[] = []
    for (let time = 0; time < 6; time++) {
      budget.throttled()
      limits.push(budget.callsPerSecond)
      await clock.advance(1_000)
    }
    expect(limits).toEqual([5, 2, 1, 1, 1, 1])
    expect(await takeAll(budget, clock, 3)).toEqual([6_000, 7_000, 8_000])
  })

  test('calls that were under way together count once', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    for (let call = 0; call < 10; call++) budget.throttled()
    await clock.advance(999)
    budget.throttled()
    expect(budget.callsPerSecond).toBe(5)
    await clock.advance(1)
    budget.throttled()
    expect(budget.callsPerSecond).toBe(2)
  })

  test('those who wait already wait for the smaller allowance', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    await takeAll(budget, clock, 10)
    const others = takeAll(budget, clock, 10)
    budget.throttled()
    expect(await others).toEqual([...Array(5).fill(1_000), ...Array(5).fill(2_000)])
  })

  test('it comes back by one for every ten answers, up to 10', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    budget.throttled()
    const answers = (count: number) => {
      for (let answer = 0; answer < count; answer++) budget.answered()
      return budget.callsPerSecond
    }
    expect(answers(9)).toBe(5)
    expect(answers(1)).toBe(6)
    expect(answers(10)).toBe(7)
    expect(answers(1_000)).toBe(10)
    expect(await takeAll(budget, clock, 11)).toEqual([...Array(10).fill(0), 1_000])
  })
})
