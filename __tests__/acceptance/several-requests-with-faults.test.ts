import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectGone, isoDate, unanswered } from '../support/expectations.ts'
import {
  calls,
  callsOf,
  describeStatus,
  expectSparing,
  type Fault,
  type Plan,
  simulate,
  startWaitingFor,
  waitFor,
} from '../support/step.ts'

const listStatuses = 'ListPermissionSetProvisioningStatus'
const html = {
  kind: 'http',
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html>Sign in</html>',
} as const

const brokenLists: [string, Fault][] = [
  ['fails with status 500', { kind: 'error', code: 'InternalServerException', httpStatus: 500 }],
  ['is always throttled', { kind: 'error', code: 'ThrottlingException' }],
  ['is found invalid', { kind: 'error', code: 'ValidationException', message: 'Not like this.' }],
  ['answers with the page of a proxy', html],
  ['answers with an empty object', { kind: 'http', status: 200, body: '{}' }],
  ['breaks off', { kind: 'reset', when: 'before-headers' }],
  ['shows for ever what was so at first', { kind: 'stale', byMs: Number.POSITIVE_INFINITY }],
]

test.concurrent.each(brokenLists)('a FAILED request is reported although List %s', async (_, fault) => {
  await using simulator = await simulate({ faults: [{ operation: listStatuses, fault }] })
  const plans: Plan[] = [{ seconds: 2, status: 'FAILED', failureReason: 'No.' }, { seconds: 1 }]
  const requests = simulator.start(plans)

  const step = await waitFor(simulator, requests, { inputs: { 'timeout-minutes': '0.35' } })

  expectEnding(
    step,
    'failed',
    {
      status: 'FAILED',
      'failure-reason': `${requests[0]}: No.`,
      'created-date': isoDate,
      'permission-set-arn': simulator.permissionSetArn,
    },
    [
      answered(simulator, requests[0], 'FAILED', { failureReason: 'No.' }),
      answered(simulator, requests[1], 'SUCCEEDED'),
    ],
  )
  // A frozen list is found out by the requests that are described all the same, a broken one at once.
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(fault.kind === 'stale' ? 20 : 8)
})

test.concurrent.each([
  ['first', [0, 1, 2]],
  ['last', [17, 18, 19]],
  ['in between', [4, 9, 14]],
])('three refusals that come %s silence no other request', async (_, refused) => {
  const fault: Fault = { kind: 'error', code: 'ValidationException', message: 'Not like this.' }
  await using simulator = await simulate({ latencyMs: 40 })
  const requests = simulator.start({ status: 'FAILED', failureReason: 'No.' }, 20)
  simulator.configure({ faults: refused.map((index) => ({ requestId: requests[index] ?? '', fault })) })

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('failed')
  expect(step.results).toEqual(
    requests.map((request, index) =>
      refused.includes(index)
        ? unanswered(request, expect.stringContaining('Not like this.'))
        : answered(simulator, request, 'FAILED', { failureReason: 'No.' }),
    ),
  )
})

test.concurrent('a role that may not describe makes a handful of calls for a thousand requests', async () => {
  const deny = [`sso:${describeStatus}`]
  await using simulator = await simulate({ seconds: 60, deny: [...deny, `sso:${listStatuses}`] })
  const requests = simulator.start({}, 1000)

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('error')
  expect(callsOf(simulator, describeStatus).length).toBeLessThanOrEqual(10)
  const errors = new Map(Object.entries(Object.groupBy(errorsIn(step.results), (error) => error)))
  // AWS's words stand with those that AWS was asked about, and with no other.
  const quoting = [...errors].filter(([error]) => error.includes('not authorized to perform'))
  expect(quoting.flatMap(([, alike = []]) => alike).length).toBeLessThanOrEqual(10)
})

const unread: [string, object, RegExp][] = [
  ['there is no time left', { inputs: { 'timeout-minutes': '0.02' } }, /not read.*time/],
  ['Describe is denied', { deny: true }, /not read.*sso:DescribePermissionSetProvisioningStatus/],
]

test.concurrent.each(unread)(
  'a reason that was not read is not taken for one that AWS did not give: %s',
  async (_, how, cause) => {
    const { inputs = {}, deny = false } = how as { inputs?: Record<string, string>; deny?: boolean }
    await using simulator = await simulate({ accounts: 1, deny: deny ? [`sso:${describeStatus}`] : [] })
    const requests = simulator.start({ status: 'FAILED', failureReason: 'No.' }, 90)

    const step = await waitFor(simulator, requests, { inputs })

    expect(step.outputs).toMatchObject({ verdict: 'failed', status: 'FAILED' })
    expect(step.summary + step.stdout).not.toContain('AWS gave no reason')
    const errors = errorsIn(step.results)
    expect(errors.length).toBeGreaterThan(10)
    for (const error of errors) expect(error).toMatch(cause)
    expect(step.summary).toMatch(cause)
  },
)

test.concurrent('a share of throttled calls costs seconds, not minutes', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException' }
  await using simulator = await simulate({ faults: [{ share: 0.1, fault }] })
  const requests = simulator.start({}, 50)

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('succeeded')
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(20)
  expectSparing(simulator.calls)
})

test.concurrent('cancelled is cancelled, also while only reasons are still being read', async () => {
  await using simulator = await simulate({ accounts: 1 })
  const requests = simulator.start({ status: 'FAILED', failureReason: 'No.' }, 60)

  const running = await startWaitingFor(simulator, requests)
  await calls(simulator, 14)
  running.cancel('SIGINT')
  const step = await running.finished

  expect(step.outputs).toMatchObject({ verdict: 'cancelled', status: 'FAILED' })
  expectGone(step)
})

test.concurrent('with wait: false, thirty requests of which some are throttled take seconds', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException' }
  await using simulator = await simulate({ seconds: 60, faults: [{ share: 0.1, fault }] })
  const requests = simulator.start({}, 30)

  const step = await waitFor(simulator, requests, { inputs: { wait: 'false' } })

  expect(step.outputs['verdict']).toBe('in-progress')
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(12)
})

/** The errors in the output `results`. */
function errorsIn(results: unknown): string[] {
  if (!Array.isArray(results)) throw new Error('There are no results')
  return results.flatMap((result: unknown) => {
    const error: unknown = Reflect.get(Object(result), 'error')
    return typeof error === 'string' ? [error] : []
  })
}
