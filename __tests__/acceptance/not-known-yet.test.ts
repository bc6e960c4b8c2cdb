import { expect, test } from '@jest/globals'
import { answered, expectEnding, unanswered } from '../support/expectations.ts'
import { refusingPort } from '../support/servers.ts'
import {
  callsOf,
  describeStatus,
  type Fault,
  faultEach,
  simulate,
  startWaitingFor,
  until,
  waitForOne,
} from '../support/step.ts'

const otherRequest = '00000000-0000-4000-8000-000000000000'
const portal = '<!doctype html><html><title>Sign in to the network</title></html>'
const html = { 'content-type': 'text/html' }
const json = { 'content-type': 'application/x-amz-json-1.1' }
const wrapper = 'PermissionSetProvisioningStatus'

/** Other than "did not answer in time" and "is not an answer of this API", which lead people to look elsewhere. */
const brokenConnection = /ECONNRESET|socket hang up|aborted|broke|reset|closed|cut|interrupted/i
const unreadable = /no status|not an answer/

const http = (status: number, body = '', headers: Record<string, string> = json): Fault => ({
  kind: 'http',
  status,
  headers,
  body,
})
const patch = (members: Record<string, unknown>): Fault => ({ kind: 'patch', patch: members })

/** Answers that say nothing about the request; with what people read of each. */
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
  ['throttling under another name', { kind: 'error', code: 'TooManyRequestsException', httpStatus: 429 }, /TooManyReq/],
  ['throttling as S3 words it', { kind: 'error', code: 'SlowDown', httpStatus: 503 }, /SlowDown/],
  ['an internal error', { kind: 'error', code: 'InternalServerException', message: 'Oops' }, /InternalServerException/],
  ['an unavailable service', { kind: 'error', code: 'ServiceUnavailable', httpStatus: 503 }, /503/],
  ['a bad gateway', http(502, portal, html), /502/],
  ['a gateway timeout without a body', { kind: 'http', status: 504 }, /504/],
  ['a reset before the answer', { kind: 'reset', when: 'before-headers' }, brokenConnection],
  ['a reset inside the headers', { kind: 'reset', when: 'inside-headers' }, brokenConnection],
  ['a reset inside the body', { kind: 'reset', when: 'after-headers' }, brokenConnection],
  ['half an answer', { kind: 'truncate' }, brokenConnection],
  ["a captive portal's page with status 200", http(200, portal, html), /portal/],
  ["a captive portal's page with status 403", http(403, portal, html), /not an answer|proxy|portal/],
  ["a captive portal's page with status 404", http(404, portal, html), /not an answer|proxy|portal/],
  ["a captive portal's page as JSON", http(200, portal), /portal/],
  ['a redirect', http(302, '', { location: 'http://portal.invalid/' }), /302/],
  ['an empty answer', http(200), unreadable],
  ['an empty object', http(200, '{}'), /no status/],
  ['null', http(200, 'null'), unreadable],
  ['a list', http(200, '[1]'), unreadable],
  ['a number', http(200, '7'), unreadable],
  ['a text in place of the structure', http(200, `{"${wrapper}":"SUCCEEDED"}`), unreadable],
  ['a list in place of the structure', http(200, `{"${wrapper}":[{"Status":"SUCCEEDED"}]}`), unreadable],
  ['JSON that ends too soon', http(200, `{"${wrapper}":{"Status":"SUCCEEDED"`), /not an answer/],
  ['JSON a thousand levels deep', http(200, `${'['.repeat(1_000)}${']'.repeat(1_000)}`), unreadable],
  [
    'JSON with a prototype',
    http(200, `{"__proto__":{"Status":"SUCCEEDED"},"${wrapper}":{"__proto__":{"Status":"SUCCEEDED"}}}`),
    /no status/,
  ],
  ['bytes that are no text', http(200, '\u0000\u0001\u0002\ufffd\u001f\u008b'), /not an answer/],
  ['a date that is no number', patch({ CreatedDate: 'yesterday' }), /not an answer/],
  ['a date that is an object', patch({ CreatedDate: { seconds: 1_700_000_000 } }), /not an answer/],
  ['no status', patch({ Status: undefined }), /no status/],
  ['a null status', patch({ Status: null }), /status/],
  ['a status that the API does not define', patch({ Status: 'PAUSED' }), /PAUSED/],
  ['a status in lower case', patch({ Status: 'succeeded' }), /succeeded/],
  ['a status with a blank at its end', patch({ Status: 'SUCCEEDED ' }), /SUCCEEDED /],
  ['a status named like a member of every object', patch({ Status: 'constructor' }), /constructor/],
  ['a status that is a list', patch({ Status: ['SUCCEEDED'] }), /status/],
  ['a status that is true', patch({ Status: true }), /status/],
  ['a status that is an object', patch({ Status: { toString: 'SUCCEEDED' } }), /status|not an answer/],
  ["another request's answer", patch({ RequestId: otherRequest }), /another request/],
  ['a request ID that is no text', patch({ RequestId: 5 }), /another request/],
]

// First, because it takes longest: in real time, as a witness of the limit of one attempt; the second, at five times the speed.
test.concurrent.each([
  ['never answered', { kind: 'hang' }, 1],
  ['answered a byte a second', { kind: 'drip' }, 5],
] as const)('a call that is %s is given up after 10 s, and made again', async (_, fault, speed) => {
  const { simulator, request, step } = await waitForOne({
    speed,
    faults: [{ operation: describeStatus, to: 1, fault }],
  })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(callsOf(simulator, describeStatus)).toHaveLength(2)
  expect(Number(step.outputs['elapsed-seconds'])).toBeGreaterThan(9.5)
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThan(10 + 5 * speed)
})

/** Some at a time, so that the pauses between them stay short. */
const groups = Array.from({ length: 3 }, (_, group) => unclear.filter((_row, index) => index % 3 === group))

test.concurrent.each(groups.map((rows) => [rows.map(([name]) => name).join(', '), rows] as const))(
  'after each of these, the request is asked about again, and the results have the cause: %s',
  async (_, rows) => {
    await using simulator = await simulate({ speed: 10 })
    const requests = simulator.start({}, rows.length)
    const faults = rows.map(([, fault]) => fault)
    faultEach(simulator, requests, faults)
    const step = await startWaitingFor(simulator, requests)
    // A second call about a request comes after the first was answered.
    const timesAsked = (id: string) =>
      callsOf(simulator, describeStatus).filter(({ requestId }) => requestId === id).length
    await until(() => requests.every((id) => timesAsked(id) > 1), 50)

    step.cancel('SIGTERM')

    const causes = rows.map(([, , cause], index) => unanswered(requests[index], expect.stringMatching(cause)))
    expectEnding(await step.finished, 'cancelled', causes)
  },
)

test.concurrent('a refused connection until the deadline ends as timed-out, and people read the port', async () => {
  const { request, step } = await waitForOne({
    timeoutMinutes: 0.02,
    environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${refusingPort}` },
  })

  expectEnding(step, 'timed-out', unanswered(request, expect.stringContaining('ECONNREFUSED')))
  expect(step.errors[0]?.message).toContain(`127.0.0.1:${refusingPort}`)
})
