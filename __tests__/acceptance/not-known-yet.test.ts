import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, unanswered } from './expectations.ts'
import { callsOf, describeStatus, type Fault, simulate, waitFor } from './support.ts'

const otherRequest = '00000000-0000-4000-8000-000000000000'
const portal = '<!doctype html><html><title>Sign in to the network</title></html>'
const html = { 'content-type': 'text/html' }
const json = { 'content-type': 'application/x-amz-json-1.1' }

/** Other than "did not answer in time" and "is not an answer of this API", which lead people to look elsewhere. */
const brokenConnection = /ECONNRESET|socket hang up|aborted|broke|reset|closed|cut|interrupted/i

/** Answers that say nothing about the request; with what people are told when it goes on until the deadline. */
const unclear: [string, Fault, RegExp][] = [
  ['throttling', { kind: 'error', code: 'ThrottlingException', message: 'Rate exceeded' }, /ThrottlingException/],
  ['throttling by HTTP 429', { kind: 'http', status: 429, headers: json, body: '{}' }, /429|throttled/],
  ['throttling by a name of EC2', { kind: 'error', code: 'EC2ThrottledException' }, /EC2ThrottledException/],
  ['a request before it', { kind: 'error', code: 'PriorRequestNotComplete' }, /PriorRequestNotComplete/],
  [
    'a request that timed out',
    { kind: 'error', code: 'RequestTimeoutException', httpStatus: 408 },
    /RequestTimeoutExc/,
  ],
  ['a request that timed out, by its other name', { kind: 'error', code: 'RequestTimeout' }, /RequestTimeout/],
  ['a request that was aborted', { kind: 'error', code: 'RequestAbortedException' }, /RequestAbortedException/],
  ['a request that came too late', { kind: 'error', code: 'RequestExpired' }, /RequestExpired/],
  ['an internal error', { kind: 'error', code: 'InternalServerException', message: 'Oops' }, /InternalServerException/],
  ['an unavailable service', { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 }, /503/],
  ['a bad gateway', { kind: 'http', status: 502, headers: html, body: portal }, /502/],
  ['a gateway timeout without a body', { kind: 'http', status: 504 }, /504/],
  ['a reset before the answer', { kind: 'reset', when: 'before-headers' }, brokenConnection],
  ['a reset inside the headers', { kind: 'reset', when: 'inside-headers' }, brokenConnection],
  ['a reset inside the body', { kind: 'reset', when: 'after-headers' }, brokenConnection],
  ['half an answer', { kind: 'truncate' }, brokenConnection],
  ['HTML with 200', { kind: 'http', status: 200, headers: html, body: portal }, /not an answer|proxy|portal/],
  ['HTML with 403', { kind: 'http', status: 403, headers: html, body: portal }, /not an answer|proxy|portal/],
  ['HTML with 404', { kind: 'http', status: 404, headers: html, body: portal }, /not an answer|proxy|portal/],
  ['a redirect', { kind: 'http', status: 302, headers: { location: 'http://portal.invalid/' } }, /302/],
  ['an empty answer', { kind: 'http', status: 200, headers: json, body: '' }, /no status|not an answer/],
  ['an empty object', { kind: 'http', status: 200, headers: json, body: '{}' }, /no status/],
  ['null', { kind: 'http', status: 200, headers: json, body: 'null' }, /no status|not an answer/],
  ['a list', { kind: 'http', status: 200, headers: json, body: '[1]' }, /no status|not an answer/],
  ['broken JSON', { kind: 'http', status: 200, headers: json, body: '{"PermissionSetProv' }, /not an answer/],
  ['no status', { kind: 'patch', patch: { Status: undefined } }, /no status/],
  ['a null status', { kind: 'patch', patch: { Status: null } }, /status/],
  ['an undefined status', { kind: 'patch', patch: { Status: 'PAUSED' } }, /PAUSED/],
  ['a status in lower case', { kind: 'patch', patch: { Status: 'succeeded' } }, /succeeded/],
  ['a status that is no text', { kind: 'patch', patch: { Status: ['SUCCEEDED'] } }, /status/],
  ["another request's answer", { kind: 'patch', patch: { RequestId: otherRequest } }, /another request/],
]

test.concurrent.each(unclear)('%s is asked again', async (_, fault) => {
  await using simulator = await simulate({ faults: [{ operation: describeStatus, to: 1, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(2)
})

test.concurrent.each(unclear)('%s until the deadline is timed-out, and told', async (_, fault, cause) => {
  await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.01' } })

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(cause)))
  expect(step.errors[0]?.message).toMatch(cause)
  expect(callsOf(simulator, describeStatus).length).toBeGreaterThan(1)
})

test.concurrent.each([
  ['never answered', { kind: 'hang' }],
  ['answered a byte a second', { kind: 'drip' }],
] as const)('a call that is %s is given up after 10 s, and asked again', async (_, fault) => {
  await using simulator = await simulate({ faults: [{ operation: describeStatus, to: 1, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(2)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(9.5)
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(12.5)
})

test.concurrent.each([
  ['never answered', { kind: 'hang' }],
  ['answered a byte a second', { kind: 'drip' }],
] as const)('calls that are %s until the deadline are timed-out, and told', async (_, fault) => {
  await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.03' } })

  const cause = /did not answer|no answer/i
  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(cause)))
  expect(step.errors[0]?.message).toMatch(cause)
  expect(step.durationMs).toBeLessThan(1800 + 5000)
})

test.concurrent('a refused connection until the deadline is timed-out, and told', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()
  const { endpoint } = simulator
  await simulator.close()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.02' } })

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringContaining('ECONNREFUSED')))
  expect(step.errors[0]?.message).toContain(new URL(endpoint).port)
})

test.concurrent('trouble after an answer leaves the status as AWS last said it, and is told', async () => {
  const fault: Fault = { kind: 'error', code: 'InternalServerException', message: 'Oops' }
  await using simulator = await simulate({ seconds: 60, faults: [{ operation: describeStatus, from: 2, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.03' } })

  const error = expect.stringContaining('InternalServerException')
  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS', { error }), {
    'accounts-behind': JSON.stringify(simulator.accountIds),
  })
  expect(step.errors[0]?.message).toContain('InternalServerException')
})

test.concurrent('trouble that is over before the end is told no more', async () => {
  const fault: Fault = { kind: 'error', code: 'InternalServerException', message: 'Oops' }
  await using simulator = await simulate({ seconds: 60, faults: [{ operation: describeStatus, to: 2, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.05' } })

  expectEndingOfOne(step, 'timed-out', answered(simulator, request, 'IN_PROGRESS'), {
    'accounts-behind': JSON.stringify(simulator.accountIds),
  })
  expect(step.errors[0]?.message).not.toContain('InternalServerException')
})

test.concurrent('with wait false, an unclear answer is asked again until one is clear', async () => {
  const fault: Fault = { kind: 'error', code: 'ThrottlingException' }
  await using simulator = await simulate({ seconds: 60, faults: [{ operation: describeStatus, to: 2, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { wait: 'false' } })

  expectEndingOfOne(step, 'in-progress', answered(simulator, request, 'IN_PROGRESS'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(3)
})
