import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, expectOutputs } from './expectations.ts'
import { callsOf, describeStatus, type Fault, listAccounts, simulate, waitFor } from './support.ts'

const denied = `sso:${listAccounts}`

test.concurrent('the summary of a success: what was waited for, and how it ended', async () => {
  await using simulator = await simulate({ seconds: 1 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  for (const text of [request, 'SUCCEEDED', simulator.permissionSetArn, 'ProvisionPermissionSet']) {
    expect(step.summary).toContain(text)
  }
  expect(step.summary).toMatch(/\| (at&nbsp;most&nbsp;)?1\.\d&nbsp;s \|/)
})

test.concurrent('the summary of a failure: reason, accounts behind, what to do next', async () => {
  const failureReason = 'Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/NoSuchPolicy.'
  await using simulator = await simulate({ status: 'FAILED', failureReason, accounts: 4 })
  const [request = ''] = simulator.start({ accountsBehind: 2 })

  const step = await waitFor(simulator, [request])

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
  expect(step.summary).toMatch(/### What to do next\n\n- When the cause is mended, call ProvisionPermissionSet again/)
  expect(step.errors[0]?.message).toMatch(/^Likely cause: .*policy.* Correct the policy ARN\./m)
  expect(step.errors[0]?.message).toMatch(/^What to do: When the cause is mended, call ProvisionPermissionSet again/m)
})

test.concurrent('a failure without a reason is still a failure, and says so', async () => {
  const fault: Fault = { kind: 'patch', patch: { FailureReason: undefined } }
  await using simulator = await simulate({
    status: 'FAILED',
    accountsBehind: 0,
    faults: [{ operation: describeStatus, fault }],
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED'))
  expect(step.errors[0]?.message).toMatch(/no reason/)
})

test.concurrent('a success with a reason left over is no failure', async () => {
  const fault: Fault = { kind: 'patch', patch: { FailureReason: 'An old reason.' } }
  await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

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

test.concurrent('more accounts behind than one page holds', async () => {
  await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.', accounts: 260 })
  const [request = ''] = simulator.start({ accountsBehind: 230 })

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }), {
    'accounts-behind': JSON.stringify(simulator.accountIds.slice(30)),
  })
  expect(callsOf(simulator, listAccounts)).toHaveLength(3)
  expect(step.summary).toMatch(/230/)
})

test.concurrent.each(['failed', 'timed-out'] as const)('accounts that may not be listed, on %s', async (verdict) => {
  const reason = verdict === 'failed' ? { failureReason: 'No.' } : {}
  await using simulator = await simulate({ seconds: verdict === 'failed' ? 0 : 60, deny: [denied] })
  const [request = ''] = simulator.start({ status: 'FAILED', failureReason: 'No.' })

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.02' } })

  const status = verdict === 'failed' ? 'FAILED' : 'IN_PROGRESS'
  expectEndingOfOne(step, verdict, answered(simulator, request, status, reason))
  expect(step.log.filter((line) => line.includes(denied))).toHaveLength(1)
  expect(step.errors[0]?.message).not.toContain(denied)
})

test.concurrent('the name of a permission set that may not be read', async () => {
  await using simulator = await simulate({ seconds: 1, deny: ['sso:DescribePermissionSet'] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const asked = callsOf(simulator, 'DescribePermissionSet').length
  expect(asked).toBeLessThanOrEqual(1)
  const told = step.log.filter((line) => /sso:DescribePermissionSet(?!\w)/.test(line))
  expect(told).toHaveLength(asked)
})

test.concurrent('accounts that cannot be listed at the moment change nothing', async () => {
  const fault: Fault = { kind: 'error', code: 'InternalServerException' }
  await using simulator = await simulate({
    status: 'FAILED',
    failureReason: 'No.',
    faults: [{ operation: listAccounts, fault }],
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expect(step.errors[0]?.message).not.toContain('InternalServerException')
})

test.concurrent.each([
  ['does not exist', '/no-such-folder/summary'],
  ['is not there', ''],
])('a summary file that %s loses neither outputs nor verdict', async (_, path) => {
  await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.', accountsBehind: 0 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { environment: { GITHUB_STEP_SUMMARY: path } })

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
  await using simulator = await simulate({ seconds: 5 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  const asked = callsOf(simulator, describeStatus).length
  expect(asked).toBeGreaterThan(6)
  expect(step.log.length).toBeLessThanOrEqual(6)
  for (const status of ['IN_PROGRESS', 'SUCCEEDED']) {
    expect(step.log.filter((line) => line.endsWith(`s  ${status}`))).toHaveLength(1)
  }
  expect(step.debug.filter((line) => line.includes(describeStatus)).length).toBeGreaterThanOrEqual(asked)
})

test.concurrent('the log tells trouble once, and that it is over', async () => {
  const fault: Fault = { kind: 'error', code: 'InternalServerException', message: 'Oops' }
  await using simulator = await simulate({ seconds: 6, faults: [{ operation: describeStatus, from: 2, to: 4, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.log.filter((line) => line.includes('InternalServerException'))).toHaveLength(1)
  expect(step.log.length).toBeLessThanOrEqual(8)
})

test.concurrent('the log of many requests has a few lines', async () => {
  await using simulator = await simulate({ seconds: 2 })
  const requests = simulator.start({}, 20)

  const step = await waitFor(simulator, requests)

  expectEnding(
    step,
    'succeeded',
    {
      status: 'SUCCEEDED',
      'created-date': expect.stringContaining('T'),
      'permission-set-arn': simulator.permissionSetArn,
    },
    requests.map((request) => answered(simulator, request, 'SUCCEEDED')),
  )
  expect(step.log.length).toBeLessThan(15)
})

test.concurrent('many failures: one annotation, which fits', async () => {
  await using simulator = await simulate({ status: 'FAILED', accountsBehind: 0 })
  const requests = simulator.start((index) => ({ failureReason: `Reason ${index}: ${'x'.repeat(800)}` }), 30)

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('failed')
  expect(step.outputs['failure-reason']?.split('\n')).toHaveLength(30)
  expect(step.errors).toHaveLength(1)
  expect(step.errors[0]?.message.length).toBeLessThanOrEqual(4096)
  expect(step.errors[0]?.message).toMatch(/What to do/)
})
