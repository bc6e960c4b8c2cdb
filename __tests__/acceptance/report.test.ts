import { expect, test } from '@jest/globals'
import { answered, expectAllSucceeded, expectEndingOfOne, expectOutputs } from './expectations.ts'
import { callsOf, describeStatus, type Fault, listAccounts, simulate, waitFor, waitForOne } from './support.ts'

const denied = `sso:${listAccounts}`

test.concurrent('the summary of a success says what was waited for, and how it ended', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 1 })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  for (const text of [request, 'SUCCEEDED', simulator.permissionSetArn, 'ProvisionPermissionSet']) {
    expect(step.summary).toContain(text)
  }
  expect(step.summary).toMatch(/\| (at&nbsp;most&nbsp;)?\d\.\d&nbsp;s \|/)
})

test.concurrent('the summary of a failure has the reason, the accounts behind, and what to do next', async () => {
  const failureReason = 'Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/NoSuchPolicy.'
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    failureReason,
    accounts: 4,
    plan: { accountsBehind: 2 },
  })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason }), {
    'accounts-behind': '["111122223335","111122223336"]',
  })
  for (const text of [request, 'FAILED', failureReason, '111122223335', '111122223336']) {
    expect(step.summary).toContain(text)
  }
  for (const text of ['111122223333', '111122223334']) expect(step.summary).not.toContain(text)
  expect(step.summary).toMatch(
    /<\/blockquote>\n\n\*\*Likely cause:\*\* .*<br>\*\*What to do:\*\* Correct the policy ARN\./,
  )
  expect(step.summary).toMatch(/### What to do next\n\n- Once the cause is fixed, call ProvisionPermissionSet again/)
  expect(step.errors[0]?.message).toMatch(/^Likely cause: .*policy.* Correct the policy ARN\./m)
  expect(step.errors[0]?.message).toMatch(
    /^What to do next: Once the cause is fixed, call ProvisionPermissionSet again/m,
  )
})

test.concurrent('a failure without a reason is still a failure, and says so', async () => {
  const fault: Fault = { kind: 'patch', patch: { FailureReason: undefined } }
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    accountsBehind: 0,
    faults: [{ operation: describeStatus, fault }],
  })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED'))
  expect(step.errors[0]?.message).toMatch(/no reason/)
})

test.concurrent('a success with a reason left over is no failure', async () => {
  const fault: Fault = { kind: 'patch', patch: { FailureReason: 'An old reason.' } }
  const { step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expect(step.outputs['verdict']).toBe('succeeded')
  expect(step.outputs['failure-reason']).toBe('')
  expect(step.exitCode).toBe(0)
})

test.concurrent('the summary of several requests has a row for each, and a drawing of their times', async () => {
  await using simulator = await simulate({ seconds: 1 })
  const requests = simulator.start((index) => ({ seconds: index }), 3)

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('succeeded')
  for (const request of requests)
    expect(step.summary).toMatch(new RegExp(`^\\| ✅&nbsp;SUCCEEDED .*${request}.*\\|$`, 'm'))
  expect(step.summary).toMatch(/```mermaid\n\s*gantt|timeline/i)
})

test.concurrent('accounts behind are listed although one page does not hold them', async () => {
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    failureReason: 'No.',
    accounts: 260,
    plan: { accountsBehind: 230 },
  })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }), {
    'accounts-behind': JSON.stringify(simulator.accountIds.slice(30)),
  })
  expect(callsOf(simulator, listAccounts)).toHaveLength(3)
  expect(step.summary).toMatch(/230/)
})

test.concurrent.each(['failed', 'timed-out'] as const)(
  'accounts that may not be listed change nothing when the step is %s',
  async (verdict) => {
    const reason = verdict === 'failed' ? { failureReason: 'No.' } : {}
    const { simulator, request, step } = await waitForOne(
      { seconds: verdict === 'failed' ? 0 : 60, deny: [denied], plan: { status: 'FAILED', failureReason: 'No.' } },
      { inputs: { 'timeout-minutes': '0.02' } },
    )

    const status = verdict === 'failed' ? 'FAILED' : 'IN_PROGRESS'
    expectEndingOfOne(step, verdict, answered(simulator, request, status, reason))
    expect(step.log.filter((line) => line.includes(denied))).toHaveLength(1)
    expect(step.errors[0]?.message).not.toContain(denied)
  },
)

test.concurrent('a permission set whose name may not be read keeps its ID', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 1, deny: ['sso:DescribePermissionSet'] })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const asked = callsOf(simulator, 'DescribePermissionSet').length
  expect(asked).toBeLessThanOrEqual(1)
  const lines = step.log.filter((line) => /sso:DescribePermissionSet(?!\w)/.test(line))
  expect(lines).toHaveLength(asked)
})

test.concurrent('accounts that cannot be listed at the moment change nothing', async () => {
  const fault: Fault = { kind: 'error', code: 'InternalServerException' }
  const { simulator, request, step } = await waitForOne({
    status: 'FAILED',
    failureReason: 'No.',
    faults: [{ operation: listAccounts, fault }],
  })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expect(step.errors[0]?.message).not.toContain('InternalServerException')
})

test.concurrent('accounts that are never listed delay a failure by no more than 5 s after the deadline', async () => {
  const failed = { status: 'FAILED', failureReason: 'No.' } as const
  const { simulator, request, step } = await waitForOne(
    { ...failed, faults: [{ operation: listAccounts, fault: { kind: 'hang' } }] },
    { inputs: { 'timeout-minutes': '0.1' } },
  )

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expect(step.ranMs).toBeLessThan(6_000 + 5_000)
})

test.concurrent('a failure is reported although every optional call is denied', async () => {
  const deny = [denied, 'sso:DescribePermissionSet', 'sso:DescribeInstance']
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason: 'No.', deny })

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
})

test.concurrent.each([
  ['does not exist', '/no-such-folder/summary'],
  ['is not there', ''],
])('a summary file that %s loses neither outputs nor verdict', async (_, path) => {
  const { simulator, request, step } = await waitForOne(
    { status: 'FAILED', failureReason: 'No.', accountsBehind: 0 },
    { environment: { GITHUB_STEP_SUMMARY: path } },
  )

  const result = answered(simulator, request, 'FAILED', { failureReason: 'No.' })
  expectOutputs(
    step,
    'failed',
    {
      status: 'FAILED',
      'failure-reason': 'No.',
      'created-date': result.createdDate,
      'permission-set-arn': simulator.permissionSetArn,
    },
    [result],
  )
  expect(step.exitCode).toBe(1)
  expect(step.errors).toHaveLength(1)
  expect(step.errors[0]?.message).toContain('No.')
})

test.concurrent('the log has a line for what changes, not one for each call', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 5 })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const asked = callsOf(simulator, describeStatus).length
  expect(asked).toBeGreaterThan(4)
  expect(step.log.length).toBeLessThanOrEqual(6)
  for (const status of ['IN_PROGRESS', 'SUCCEEDED']) {
    expect(step.log.filter((line) => line.endsWith(`s  ${status}`))).toHaveLength(1)
  }
  expect(step.debug.filter((line) => line.includes(describeStatus)).length).toBeGreaterThanOrEqual(asked)
})

test.concurrent('the log mentions trouble once, and that it is over', async () => {
  const fault: Fault = { kind: 'error', code: 'InternalServerException', message: 'Oops' }
  const { simulator, request, step } = await waitForOne({
    seconds: 6,
    faults: [{ operation: describeStatus, from: 2, to: 4, fault }],
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.log.filter((line) => line.includes('InternalServerException'))).toHaveLength(1)
  expect(step.log.length).toBeLessThanOrEqual(8)
})

test.concurrent('the log of many requests has a few lines', async () => {
  await using simulator = await simulate({ seconds: 2 })
  const requests = simulator.start({}, 20)

  const step = await waitFor(simulator, requests)

  expectAllSucceeded(step, simulator, requests)
  expect(step.log.length).toBeLessThan(15)
})

test.concurrent('many failures are one annotation, which fits', async () => {
  await using simulator = await simulate({ status: 'FAILED', accountsBehind: 0 })
  const requests = simulator.start((index) => ({ failureReason: `Reason ${index}: ${'x'.repeat(800)}` }), 30)

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('failed')
  expect(step.outputs['failure-reason']?.split('\n')).toHaveLength(30)
  expect(step.errors).toHaveLength(1)
  expect(step.errors[0]?.message.length).toBeLessThanOrEqual(4096)
  expect(step.errors[0]?.message).toMatch(/What to do/)
})
