import { expect, test } from '@jest/globals'
import { measuredPart } from '../../../bench/page.ts'
import { logUniform, seeded } from '../../../bench/random.ts'
import { mostWithin, statisticsOf } from '../../../bench/statistics.ts'
import { latencyMs, VirtualWorld } from '../../../bench/virtual-world.ts'
import { loopOf5s, terraform, type Waiter } from '../../../bench/waiters.ts'
import { withPart } from '../../../scripts/parts.ts'

test.each<[string, Waiter, number[]]>([
  ['Terraform', terraform, [5_000, 5_280, 5_760, 6_640, 8_320, 11_600]],
  ['a loop', loopOf5s, [0, 5_080, 10_160]],
])('%s looks when it does elsewhere, and sees the end with the first look after it', async (_, waiter, looksAt) => {
  const world = new VirtualWorld({}, latencyMs / 2)
  const { requestId } = world.service.instance.start({ seconds: 10 })
  await world.clock.run(waiter.wait(world, requestId, () => 0.5))
  expect(world.callsAt.map((at) => at - latencyMs / 2)).toEqual(looksAt)
})

test('a throttled call is repeated as the client of the tool does, and then the tool goes on', async () => {
  const world = new VirtualWorld({ throttlePerSecond: 0 }, latencyMs / 2)
  const { requestId } = world.service.instance.start({ seconds: 0 })
  const waiting = loopOf5s.wait(world, requestId, () => 0.5)
  await Promise.race([waiting, world.clock.advance(7_000)])
  // Three attempts, with pauses of 0.5 and 1 s, and the next look 5 s after the last.
  expect([world.callsAt, world.throttled]).toEqual([[40, 620, 1_700, 6_780], 4])
})

test('figures are those of the series', () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index)
  expect(statisticsOf(values)).toEqual({ min: 0, p10: 10, median: 50, p90: 90, max: 100 })
  expect(statisticsOf([10, 20]).p10).toBe(11)
  expect(mostWithin([0, 400, 800, 1_000, 1_100], 1_000)).toBe(4)
})

test('random numbers repeat with their seed, and half of the log-uniform ones are below the geometric mean', () => {
  const draw = (seed: number) => {
    const random = seeded(seed)
    return Array.from({ length: 1_000 }, () => logUniform(random, 10, 1_000))
  }
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  expect(draw(4).filter((value) => value < 100).length / 1_000).toBeCloseTo(0.5, 1)
})

test('a page gets the measured part of one topic, and keeps all else', () => {
  const page = 'Why\n<!-- measured: pace -->\nold\n<!-- /measured: pace -->\nWhat it means\n'
  const table = { columns: ['', 'Calls'], rows: [['A loop', '1,234']] }
  const part = measuredPart({ table, goals: [{ goal: 'Soon', measured: '1 s', reached: true }] })
  const after = withPart(page, 'measured: pace', part)
  expect(after).toMatch(
    /^Why\n<!-- measured: pace -->\n\n\| {8}\| Calls \|\n\| -+ \| ----: \|\n\| A loop \| 1,234 \|\n/,
  )
  expect(after).toMatch(/\n- ✓ Soon → 1 s\n.*<!-- \/measured: pace -->\nWhat it means\n$/s)
  expect(withPart(after, 'measured: pace', part)).toBe(after)
  expect(() => withPart(page, 'measured: noticing', part)).toThrow('measured: noticing')
})
