import { describe, expect, test } from '@jest/globals'
import { fixedLoop, type Poller, pollAs, retryPauseMs, sdkWaiter, terraform } from '../../../bench/pollers.ts'
import { SimulatedService } from '../../../bench/simulated-service.ts'
import { thisAction } from '../../../bench/waiters.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

const half = () => 0.5

function firstPauses(poller: Poller, count: number): number[] {
  const pauses = poller.pauses(half)
  return Array.from({ length: count }, () => pauses.next().value)
}

describe('the pauses of other tools', () => {
  test('of Terraform are 5 s, then 0.2 s doubling to 10 s', () => {
    expect(firstPauses(terraform, 10)).toEqual([5_000, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000])
  })

  test('of a loop are one interval, after a look at once', () => {
    expect(firstPauses(fixedLoop(5), 4)).toEqual([0, 5_000, 5_000, 5_000])
  })

  test("of the SDK's waiter are random, between the shortest pause and a bound that doubles, and then the longest", () => {
    expect(firstPauses(sdkWaiter(15, 120), 8)).toEqual([0, 15_000, 22_500, 37_500, 67_500, 120_000, 120_000, 120_000])
  })

  test('before retries are within bounds that double, up to 20 s', () => {
    expect([1, 2, 3].map((retry) => retryPauseMs(terraform, retry, half))).toEqual([1_000, 2_000, 4_000])
    expect(retryPauseMs(terraform, 20, half)).toBe(20_000)
    expect(retryPauseMs(fixedLoop(5), 1, half)).toBe(500)
  })
})

describe('poll', () => {
  function world(quotaPerSecond: number) {
    const clock = new VirtualClock()
    return { clock, service: new SimulatedService({ clock, latencyMs: 80, quotaPerSecond }) }
  }

  test('notices the end with the first look after it', async () => {
    const { clock, service } = world(Number.POSITIVE_INFINITY)
    let answers = 0
    const onAnswer = () => {
      answers += 1
    }
    await clock.run(pollAs(fixedLoop(5), { clock, service, random: half, requestEndsAt: 6_000, onAnswer }))
    // Looks at 0, 5.08 and 10.16 s, each answered 80 ms later.
    expect(clock.now()).toBe(10_240)
    expect(service.callsAt).toEqual([40, 5_120, 10_200])
    expect(answers).toBe(3)
  })

  test('repeats a throttled call as its client does, and then goes on with the loop', async () => {
    const { clock, service } = world(0)
    const waited = pollAs(fixedLoop(5), { clock, service, random: half, requestEndsAt: 0, onAnswer: () => {} })
    await Promise.race([waited, clock.advance(7_000)])
    // Three attempts, with pauses of 0.5 and 1 s, and the next look 5 s after the last.
    expect(service.callsAt).toEqual([40, 620, 1_700, 6_780])
    expect(service.throttled).toBe(4)
  })
})

describe('SimulatedService', () => {
  test('throttles calls above the quota in any second, and does not count them', async () => {
    const clock = new VirtualClock()
    const service = new SimulatedService({ clock, latencyMs: 0, quotaPerSecond: 2 })
    const look = async (at: number) => {
      await clock.sleep(at, new AbortController().signal)
      return service.look(5_000)
    }
    const seen = await clock.run(Promise.all([0, 100, 200, 1_050, 1_150, 6_000].map(look)))
    expect(seen).toEqual(['in-progress', 'in-progress', 'throttled', 'in-progress', 'in-progress', 'finished'])
  })

  test("answers the action's own polling", async () => {
    const clock = new VirtualClock()
    const service = new SimulatedService({ clock, latencyMs: 80, quotaPerSecond: 20 })
    let answers = 0
    const onAnswer = () => {
      answers += 1
    }
    await clock.run(thisAction.wait({ clock, service, random: half, requestEndsAt: 2_000, onAnswer }))
    expect(clock.now()).toBeGreaterThan(2_000)
    expect(clock.now()).toBeLessThan(2_700)
    expect(answers).toBe(service.callsAt.length)
  })
})
