import { expect, test } from '@jest/globals'
import { Model, type ModelOptions, plan } from './model.ts'

const accounts = 20
const durationMs = 300_000

/** The longest time between two looks in a part of a provisioning that takes 300 s. */
async function longestIntervalMs([fromMs, toMs]: readonly [number, number], options: Partial<ModelOptions>) {
  const model = new Model({ plans: [plan(1, { seconds: durationMs / 1_000 })], accounts, ...options })
  await model.wait()
  const looks = model.calls.filter(({ atMs, name }) => name === 'describe' && atMs >= fromMs && atMs <= toMs)
  return Math.max(...looks.slice(1).map(({ atMs }, index) => atMs - (looks[index]?.atMs ?? 0)))
}

test.each<[string, readonly [number, number], Partial<ModelOptions>, boolean]>([
  ['frequent at the end, if the pace of the accounts tells it', [285_000, durationMs], {}, true],
  ['not frequent before', [200_000, 240_000], {}, false],
  ['not frequent without a count of the accounts', [285_000, durationMs], { accounts: 0 }, false],
  [
    'not frequent for long after the expected end',
    [220_000, durationMs],
    { plans: [plan(1, { seconds: durationMs / 1_000, pace: (share) => share * 0.6 })] },
    false,
  ],
])('looks are %s', async (_, part, options, isFrequent) => {
  expect((await longestIntervalMs(part, options)) < 1_000).toBe(isFrequent)
})
