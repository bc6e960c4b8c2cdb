import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, unanswered } from '../support/expectations.ts'
import { startProxy } from '../support/proxy.ts'
import { callsOf, describeStatus, simulate, testWithProxies, waitFor, waitForOne } from '../support/step.ts'

const soon = { 'timeout-minutes': '0.01' }

testWithProxies.each(['HTTP_PROXY', 'http_proxy'])('%s is used for every call', async (variable) => {
  await using proxy = await startProxy()
  const { simulator, request, step } = await waitForOne(
    {},
    { assumesRole: true, environment: { [variable]: proxy.url }, secrets: [proxy.password] },
  )

  expectEndingOfOne(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(proxy.asked).toHaveLength(simulator.calls.length)
  expect(callsOf(simulator, describeStatus)).toHaveLength(1)
  for (const line of proxy.asked) expect(line).toContain(simulator.endpoint)
})

// What the proxy is asked for tells where a call would go in the world at large.
testWithProxies.each([
  ['aws', 'eu-central-1', {}, 'sso.eu-central-1.amazonaws.com:443'],
  ['aws-cn', 'cn-north-1', {}, 'sso.cn-north-1.amazonaws.com.cn:443'],
  ['aws', 'us-east-1', { AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.example.com' }, 'sso.example.com:443'],
])('in partition %s and Region %s with %j, calls go to %s', async (partition, region, settings, host) => {
  await using proxy = await startProxy()
  await using simulator = await simulate()
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], {
    inputs: {
      ...soon,
      'aws-region': region,
      'instance-arn': simulator.instanceArn.replace('arn:aws:', `arn:${partition}:`),
    },
    environment: { AWS_ENDPOINT_URL: undefined, HTTPS_PROXY: proxy.url, ...settings },
  })

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(/proxy/i)))
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${host}`]))
})

test.concurrent('each service has its own endpoint, where they are given apart', async () => {
  await using sso = await simulate()
  const [request = ''] = sso.start()

  const step = await waitFor(sso, [request], {
    assumesRole: true,
    environment: {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_SSO_ADMIN: sso.endpoint,
      AWS_ENDPOINT_URL_STS: sso.endpoint,
    },
  })

  expectEndingOfOne(step, 'succeeded', answered(sso, request, 'SUCCEEDED'))
})
