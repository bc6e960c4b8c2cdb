import { expect, test } from '@jest/globals'
import { invalidEndpointIn } from '../../../src/aws/endpoint-setting.ts'

test.each<[Record<string, string>, string | null]>([
  [{}, null],
  [{ AWS_ENDPOINT_URL: '' }, null],
  [{ AWS_ENDPOINT_URL: 'https://sso.example.com' }, null],
  [{ AWS_ENDPOINT_URL: 'http://localhost:4566' }, null],
  [{ AWS_ENDPOINT_URL: 'localhost:4566' }, 'AWS_ENDPOINT_URL'],
  [{ AWS_ENDPOINT_URL: 'not a url' }, 'AWS_ENDPOINT_URL'],
  [{ AWS_ENDPOINT_URL: 'ftp://example.com' }, 'AWS_ENDPOINT_URL'],
  [{ AWS_ENDPOINT_URL: 'bad', AWS_ENDPOINT_URL_SSO_ADMIN: 'https://sso.example.com' }, null],
  [{ AWS_ENDPOINT_URL: 'https://example.com', AWS_ENDPOINT_URL_SSO_ADMIN: 'bad' }, 'AWS_ENDPOINT_URL_SSO_ADMIN'],
  [{ AWS_ENDPOINT_URL_STS: 'bad' }, null],
  [{ AWS_ENDPOINT_URL: 'bad', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, null],
  [{ AWS_ENDPOINT_URL: 'bad', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }, 'AWS_ENDPOINT_URL'],
])('with %j, the invalid endpoint setting for Identity Center is %j', (environment, name) => {
  expect(invalidEndpointIn(environment, 'SSO_ADMIN')).toBe(name)
})

test('the endpoint of STS has a variable of its own', () => {
  expect(invalidEndpointIn({ AWS_ENDPOINT_URL_STS: 'bad' }, 'STS')).toBe('AWS_ENDPOINT_URL_STS')
})
