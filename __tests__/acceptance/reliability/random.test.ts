import { expect, test } from '@jest/globals'
import { playRandomly } from '../../../reliability/random.ts'

test('1,000 random courses of requests, faults, cancellations and deadlines break no rule', async () => {
  const { counterexample, runs, seen } = await playRandomly(1_000)

  expect(counterexample).toBeNull()
  expect(runs).toBe(1_000)
  // Chance comes to every verdict.
  expect(Object.keys(seen).sort()).toEqual(['cancelled', 'error', 'failed', 'in-progress', 'succeeded', 'timed-out'])
}, 120_000)
