import { describe, expect, test } from '@jest/globals'
import { calls, describeStatus, type Fault, simulate, startWaitingFor, waitFor } from '../support.ts'

const inTwoSeconds = { inputs: { 'timeout-minutes': '0.03' } }
const silence = /AWS gave no reason/

describe('a reason that was not read is not called missing', () => {
  test.concurrent('where the role may not read it, the IAM action is named', async () => {
    await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.', deny: [`sso:${describeStatus}`] })

    const step = await waitFor(simulator, simulator.start({}, 60))

    const error = expect.stringMatching(
      /^FAILED; the reason was not read: .*sso:DescribePermissionSetProvisioningStatus/,
    )
    expect(step.outputs).toMatchObject({ verdict: 'failed', status: 'FAILED' })
    expect(step.results).toEqual(Array(60).fill(expect.objectContaining({ failureReason: null, error })))
    for (const text of [step.errors[0]?.message, step.summary]) {
      expect(text).toMatch(/the reason was not read: .*sso:DescribePermissionSetProvisioningStatus/)
      expect(text).not.toMatch(silence)
    }
  })

  test.concurrent('where there was no time left, that is said', async () => {
    await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.', accountsBehind: 0 })

    const step = await waitFor(simulator, simulator.start({}, 150), inTwoSeconds)

    expect(step.outputs['verdict']).toBe('failed')
    const read = expect.objectContaining({ status: 'FAILED', failureReason: 'No.', error: null })
    const unread = expect.objectContaining({
      status: 'FAILED',
      failureReason: null,
      error: 'FAILED; the reason was not read: There was no time left to ask AWS',
    })
    const reasons = Array.isArray(step.results) ? step.results.map(({ failureReason }) => failureReason) : []
    expect(reasons).toContain(null)
    expect(step.results).toEqual(reasons.map((reason) => (reason === null ? unread : read)))
    expect(step.summary).not.toMatch(silence)
    expect(step.errors[0]?.message).not.toMatch(silence)
  })
})

test.concurrent('accounts that are behind are none of the matter of a failed account assignment', async () => {
  await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.' })
  simulator.start({ accountsBehind: 2 })
  const target = { accountId: '111122223333', principalType: 'USER', principalId: '90e1a2b3c4' } as const
  const requests = simulator.start({ operation: 'create-account-assignment', ...target })

  const step = await waitFor(simulator, requests, { inputs: { operation: 'create-account-assignment' } })

  expect(step.outputs).toMatchObject({ verdict: 'failed', 'accounts-behind': '[]' })
  expect(`${step.errors[0]?.message} ${step.summary}`).not.toContain('latest permission set')
})

describe('the title of the annotation', () => {
  test.concurrent.each([1, 3])('names what was denied, for %d requests alike', async (count) => {
    await using simulator = await simulate({ seconds: 60, deny: [`sso:${describeStatus}`] })

    const step = await waitFor(simulator, simulator.start({}, count))

    expect(step.outputs['verdict']).toBe('error')
    expect(step.errors[0]?.title).toBe(`Access denied: sso:${describeStatus}`)
  })

  test.concurrent('names the primary Region before the denial, which is named once', async () => {
    await using simulator = await simulate({ region: 'us-east-1', primaryRegion: 'eu-central-1' })

    const step = await waitFor(simulator, simulator.start())

    const [{ title, message } = { title: '', message: '' }] = step.errors
    expect(title).toBe("Wrong Region: the instance's primary Region is eu-central-1")
    expect(message).toMatch(/^The instance's primary Region is eu-central-1, but 'aws-region' is us-east-1/)
    expect(message.match(/Access denied/g)).toHaveLength(1)
    expect(message).not.toMatch(/Allow sso:/)
  })

  test.concurrent('is the trouble where no answer came, and to wait longer is no advice then', async () => {
    const fault: Fault = { kind: 'reset', when: 'before-headers' }
    await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })

    const step = await waitFor(simulator, simulator.start(), inTwoSeconds)

    const [{ title, message } = { title: '', message: '' }] = step.errors
    expect(step.outputs['verdict']).toBe('timed-out')
    expect(title).toMatch(/connection/i)
    expect(message).toMatch(/^AWS gave no status within /)
    expect(`${title} ${message} ${step.summary}`).not.toMatch(/had not finished|AWS carries on|raise 'timeout-minutes'/)
  })

  test.concurrent('says that AWS knows no such request, at once where the action looks once', async () => {
    await using simulator = await simulate()

    const step = await waitFor(simulator, ['00000000-0000-4000-8000-000000000000'], { inputs: { wait: 'false' } })

    expect(step.outputs['verdict']).toBe('error')
    expect(step.errors[0]?.title).toBe('AWS knows no such request')
    expect(step.stdout).not.toContain('asking again')
    expect(step.durationMs).toBeLessThan(4_000)
  })

  test.concurrent('says which permission set failed, and log and annotation where', async () => {
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

test.concurrent('an unknown request is said to be asked about again', async () => {
  await using simulator = await simulate()

  const step = await waitFor(simulator, ['00000000-0000-4000-8000-000000000000'], inTwoSeconds)

  expect(step.log.filter((line) => line.endsWith('; asking again for up to 30 s'))).toHaveLength(1)
})

test.concurrent('a cancelled job is explained before the advice, its own time limit among the causes', async () => {
  await using simulator = await simulate({ seconds: 60 })
  const { cancel, finished } = await startWaitingFor(simulator, simulator.start())
  await calls(simulator, 1)
  cancel('SIGINT')

  const step = await finished

  const [first, ...others] = step.errors[0]?.message.split('\n') ?? []
  expect(first).toMatch(/^The job was cancelled: .*timeout-minutes/)
  expect(others.at(-1)).toMatch(/^What to do next: AWS carries on/)
})
