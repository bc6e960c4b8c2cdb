import { expect, test } from '@jest/globals'
import { busyMs, callsOf, listAccounts, type Plan, type Step, simulate, waitFor } from '../../support/step.ts'

const denied = `sso:${listAccounts}`
const accounts = 250
/** How many times as fast as the machine's the clock of a long wait runs. */
const speed = 5
/** The log has a line every 30 s, but what delays a busy machine counts as often as the clock is faster. */
const mostSilenceMs = 30_000 + speed * busyMs

/** A provisioning that fails half way through the accounts, and lasts past the first line that comes when nothing changes. */
const halfWay: Plan = { status: 'FAILED', seconds: 36, failureReason: 'No.' }

test.concurrent('a long wait with 250 accounts says how many are done, and in the end which are behind', async () => {
  // The same provisioning side by side with itself, for one role that may list accounts and one that may not.
  await using allowing = await simulate({ speed, accounts })
  await using denying = await simulate({ speed, accounts, deny: [denied] })
  const requestId = '5a1b2c3d-0123-4567-89ab-000000000001'
  const [step, unlisted] = await Promise.all(
    [allowing, denying].map((simulator) => waitFor(simulator, simulator.start({ ...halfWay, requestId }))),
  )
  if (step === undefined || unlisted === undefined) throw new Error('Two steps were to run')

  const behind = allowing.accountIds.slice(accounts / 2)
  expect(step.outputs).toMatchObject({ verdict: 'failed', 'accounts-behind': JSON.stringify(behind) })
  expect(step.exitCode).toBe(1)
  const counts = countsOf(step)
  expect(counts.length).toBeGreaterThanOrEqual(2)
  // An account that changes between two pages is on neither or on both.
  for (const { of } of counts) expect(Math.abs(of - accounts)).toBeLessThanOrEqual(3)
  // The simulator brings the accounts up to date evenly, 126th at the end; each count is as of some listing, a page later at most.
  const listed = callsOf(allowing, listAccounts).map(({ at }) => (at / 36_000) * 126)
  for (const { updated } of counts) {
    const distances = listed.map((then) => Math.abs(then - updated))
    expect(Math.min(...distances)).toBeLessThanOrEqual(2)
  }
  const times = counts.map(({ seconds }) => seconds)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  // Counts are 5 s apart for each page of accounts behind, from call to call. The answers can be a little closer.
  for (const [index, seconds] of times.slice(1).entries()) expect(seconds - (times[index] ?? 0)).toBeGreaterThan(8)
  expect(step.longestSilenceMs).toBeLessThan(mostSilenceMs)
  expect(step.log.length).toBeLessThan(10)

  expect(step.summary).toContain('### Accounts out of date: 125')
  const shown = behind.filter((account) => step.summary.includes(account))
  expect(shown).toEqual(behind.slice(0, 50))
  expect(step.summary).toContain('and 75 more')
  expect(step.errors[0]?.message).toContain('125 accounts')

  // Where it is denied: all the same, but for the accounts, and one line in the log.
  expect(outputsOf(unlisted)).toEqual({ ...outputsOf(step), 'accounts-behind': '[]' })
  expect(unlisted.exitCode).toBe(step.exitCode)
  expect(unlisted.errors.map(({ title }) => title)).toEqual(step.errors.map(({ title }) => title))
  expect(unlisted.log.filter((line) => line.includes(listAccounts))).toHaveLength(1)
  expect(callsOf(denying, listAccounts)).toHaveLength(1)
  expect(countsOf(unlisted)).toEqual([])
  expect(`${unlisted.summary}${unlisted.errors[0]?.message}`).not.toMatch(/accounts? out of date|latest version|List/i)
  expect(unlisted.longestSilenceMs).toBeLessThan(mostSilenceMs)
}, 60_000)

test.concurrent.each([
  ['timed-out', { seconds: 86_400 }],
  ['failed', { seconds: 0, status: 'FAILED', failureReason: 'No.', accountsBehind: accounts }],
] as const)('%s with all 250 accounts behind takes three pages', async (verdict, plan) => {
  await using simulator = await simulate({ accounts })

  const step = await waitFor(simulator, simulator.start(plan), { timeoutMinutes: 0.02 })

  expect(step.outputs).toMatchObject({ verdict, 'accounts-behind': JSON.stringify(simulator.accountIds) })
  expect(callsOf(simulator, listAccounts).map(({ input }) => Boolean(input['NextToken']))).toEqual([false, true, true])
  expect(step.summary).toContain('### Accounts out of date: 250')
  expect(step.summary).toContain('and 200 more')
})

/** The lines of the log that say how many accounts hold the latest version, and the time in front of them. */
function countsOf({ log }: Step): { seconds: number; updated: number; of: number }[] {
  return log.flatMap((line) => {
    const [, seconds, updated, of] = /^ *([\d.]+) s {2}.*?(\d+) of (\d+) accounts/.exec(line) ?? []
    return of === undefined ? [] : [{ seconds: Number(seconds), updated: Number(updated), of: Number(of) }]
  })
}

/** All outputs but what differs from run to run. */
function outputsOf({ outputs }: Step): Record<string, string> {
  const results = outputs['results']?.replace(/"createdDate":"[^"]*"/, '') ?? ''
  return { ...outputs, results, 'created-date': '', 'elapsed-seconds': '', 'results-file': '' }
}
