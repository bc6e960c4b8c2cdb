import { describe, expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, expectOutputs } from '../support/expectations.ts'
import { callsOf, describeStatus, type Fault, listAccounts, simulate, waitFor, waitForOne } from '../support/step.ts'

const denied = `sso:${listAccounts}`

test.concurrent('a success with a reason left over is no failure', async () => {
  const fault: Fault = { kind: 'patch', patch: { FailureReason: 'An old reason.' } }
  const { step } = await waitForOne({ faults: [{ operation: describeStatus, fault }] })

  expect(step.outputs['verdict']).toBe('succeeded')
  expect(step.outputs['failure-reason']).toBe('')
  expect(step.exitCode).toBe(0)
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

test.concurrent('the log mentions failure once, and that it is over', async () => {
  const fault: Fault = { kind: 'error', code: 'InternalServerException', message: 'Oops' }
  const { simulator, request, step } = await waitForOne({
    seconds: 6,
    faults: [{ operation: describeStatus, from: 2, to: 4, fault }],
  })

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(step.log.filter((line) => line.includes('InternalServerException'))).toHaveLength(1)
  expect(step.log.length).toBeLessThanOrEqual(8)
})

test.concurrent('a failed account assignment says nothing about accounts behind', async () => {
  await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.' })
  simulator.start({ accountsBehind: 2 })
  const target = { accountId: '111122223333', principalType: 'USER', principalId: '90e1a2b3c4' } as const
  const requests = simulator.start({ operation: 'create-account-assignment', ...target })

  const step = await waitFor(simulator, requests, { inputs: { operation: 'create-account-assignment' } })

  expect(step.outputs).toMatchObject({ verdict: 'failed', 'accounts-behind': '[]' })
  expect(`${step.errors[0]?.message} ${step.summary}`).not.toContain('latest version')
})

describe('the title of the annotation', () => {
  test.concurrent('is the failure if AWS gave no answer, and nothing advises to wait longer', async () => {
    const fault: Fault = { kind: 'reset', when: 'before-headers' }
    await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })

    const step = await waitFor(simulator, simulator.start(), { inputs: { 'timeout-minutes': '0.03' } })

    const [{ title, message } = { title: '', message: '' }] = step.errors
    expect(step.outputs['verdict']).toBe('timed-out')
    expect(title).toMatch(/connection/i)
    expect(message).toMatch(/^AWS gave no status within /)
    expect(`${title} ${message} ${step.summary}`).not.toMatch(/had not finished|AWS carries on|raise 'timeout-minutes'/)
  })

  test.concurrent('says at once that AWS knows no such request, if the action looks once', async () => {
    await using simulator = await simulate()

    const step = await waitFor(simulator, ['00000000-0000-4000-8000-000000000000'], { inputs: { wait: 'false' } })

    expect(step.outputs['verdict']).toBe('error')
    expect(step.errors[0]?.title).toBe('AWS knows no such request')
    expect(step.stdout).not.toContain('asking again')
    expect(step.durationMs).toBeLessThan(4_000)
  })

  test.concurrent('says which permission set failed; log and annotation also say in which account', async () => {
    await using simulator = await simulate({ accountsBehind: 0 })
    const [request = ''] = simulator.start({ status: 'FAILED', failureReason: 'No.', accountId: '111122223333' })
    const [other = ''] = simulator.start({ seconds: 2 })

    const step = await waitFor(simulator, [request, other])

    expect(step.errors[0]?.title).toBe('1 of 2 requests failed: ReadOnlyAccess')
    expect(step.errors[0]?.message).toContain(`ReadOnlyAccess in 111122223333 (${request}): No.`)
    expect(step.summary).toContain(`\`ReadOnlyAccess\` in \`111122223333\` (\`${request}\`):\n\n<blockquote>`)
    expect(step.log.filter((line) => line.endsWith(` in 111122223333 (${request})  FAILED: No.`))).toHaveLength(1)
  })
})
