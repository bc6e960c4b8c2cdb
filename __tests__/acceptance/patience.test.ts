import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectEndingOfOne, isoDate, unanswered } from './expectations.ts'
import { describeStatus, type Fault, simulate, waitFor } from './support.ts'

// What takes more than half a minute, all at the same time: as many tests as jest runs concurrently, so no more than five.

const notFound: Fault = { kind: 'error', code: 'ResourceNotFoundException', message: 'The request was not found.' }
const minuteMs = 60_000

test.concurrent(
  'no such request, for 30 s: error, while the others are waited for',
  async () => {
    await using simulator = await simulate({ seconds: 1 })
    const [known = ''] = simulator.start()
    const unknown = '00000000-0000-4000-8000-000000000000'

    const step = await waitFor(simulator, [unknown, known], { patienceMs: minuteMs })

    const error = expect.stringContaining('ResourceNotFoundException')
    expectEnding(step, 'error', { 'created-date': isoDate }, [
      unanswered(unknown, error),
      answered(simulator, known, 'SUCCEEDED'),
    ])
    for (const input of ['request-id', 'operation', 'instance-arn', 'aws-region']) {
      expect(step.errors[0]?.message).toContain(`'${input}'`)
    }
    const elapsedSeconds = Number(step.outputs['elapsed-seconds'])
    expect(elapsedSeconds).toBeGreaterThanOrEqual(30)
    expect(elapsedSeconds).toBeLessThan(35)
  },
  minuteMs,
)

test.concurrent(
  'no such request, for less than 30 s at a time: tolerated',
  async () => {
    const broken: Fault = { kind: 'error', code: 'InternalServerException' }
    await using simulator = await simulate({
      faults: [
        { operation: describeStatus, between: [20_000, 25_000], fault: broken },
        { operation: describeStatus, between: [0, 37_000], fault: notFound },
      ],
    })
    const [request = ''] = simulator.start()

    const step = await waitFor(simulator, [request], { patienceMs: minuteMs })

    expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
    expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(35)
  },
  minuteMs,
)

test.concurrent(
  'a host name that does not resolve, for 30 s: error',
  async () => {
    await using simulator = await simulate()
    const [request = ''] = simulator.start()

    const step = await waitFor(simulator, [request], {
      environment: { AWS_ENDPOINT_URL: 'http://no-such-host.invalid' },
      patienceMs: minuteMs,
    })

    expectEndingOfOne(step, 'error', unanswered(request, expect.stringContaining('no-such-host.invalid')))
    expect(step.errors[0]?.message).toContain('aws-region')
    const elapsedSeconds = Number(step.outputs['elapsed-seconds'])
    expect(elapsedSeconds).toBeGreaterThanOrEqual(30)
    expect(elapsedSeconds).toBeLessThan(35)
  },
  minuteMs,
)

test.concurrent(
  'a long wait says every 30 s how many accounts hold the latest permission set',
  async () => {
    await using simulator = await simulate({ seconds: 39, accounts: 13 })
    const [request = ''] = simulator.start()

    const step = await waitFor(simulator, [request], { patienceMs: minuteMs })

    expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
    const progress = step.log.flatMap(
      (line) => /(\d+) of 13 accounts hold the latest permission set/.exec(line)?.[1] ?? [],
    )
    expect(progress.map(Number)).toEqual([...progress.map(Number)].sort((one, other) => one - other))
    // An account every 3 s.
    expect(Number(progress.at(-1))).toBeGreaterThanOrEqual(9)
    expect(step.longestSilenceMs).toBeLessThan(31_000)
    expect(step.log.length).toBeLessThan(10)
  },
  minuteMs,
)

test.concurrent(
  'a long wait for one account, where there is nothing to count, says every 30 s that it goes on',
  async () => {
    await using simulator = await simulate({ seconds: 33 })
    const [request = ''] = simulator.start({ accountId: '111122223334' })

    const step = await waitFor(simulator, [request], { patienceMs: minuteMs })

    expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED', { accountId: '111122223334' }))
    expect(step.log.filter((line) => /^ +30\.\d s +IN_PROGRESS$/.test(line))).toHaveLength(1)
    expect(step.longestSilenceMs).toBeLessThan(31_000)
    expect(step.log.length).toBeLessThan(8)
  },
  minuteMs,
)
