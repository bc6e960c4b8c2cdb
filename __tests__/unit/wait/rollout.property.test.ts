import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { brokenRules } from './rollout-rules.ts'
import { anySchedule } from './rollout-schedule.ts'
import { numRuns, seed } from './schedule.ts'

test('with any events, a wait for a state ends in time and says only what was so', async () => {
  await fc.assert(
    fc.asyncProperty(anySchedule, async (schedule) => {
      expect(await brokenRules(schedule)).toEqual([])
    }),
    { numRuns, seed },
  )
}, 86_400_000)
