import { describe, expect, test } from '@jest/globals'
import { problemsOf } from './reading.ts'

describe.each(['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'])('%s', (name) => {
  test.each([
    'user:hunter2@proxy:3128',
    'http://user:my hunter2@proxy:bad',
    'socks5://hunter2@proxy',
    'x-http://hunter2@proxy',
    ' ',
    // URL.parse corrects these, and Node's agents do not.
    'http://user:hunter2@proxy:3128\n',
    'http://user:hunt\ner2@proxy',
    '\thttp://hunter2@proxy',
    ' http://hunter2@proxy',
    'HTTP://hunter2@proxy',
    'http:hunter2@proxy:1',
    'http:/hunter2@proxy',
    'http:\\\\hunter2@proxy',
    // Node's agents decode it.
    'http://user:hunter2100%@proxy',
    'http://user:hunter2%E9@proxy',
    // What follows the slash would not be a part of the password.
    'http://user:7/hunter2@proxy',
    'http://user:7#hunter2@proxy',
  ])('is a problem if it is no URL of a proxy, and its value is not shown: %j', (value) => {
    expect(problemsOf({}, { [name]: value })).toEqual([
      `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
        'Its value is not shown, because it may hold a password. Special characters in a password must be percent-encoded.',
    ])
  })

  const urls = ['http://user:p%40ss@proxy.example.com:3128', 'https://proxy', 'http://[::1]:8080/']
  test.each([...urls, 'http://proxy/path', 'http://user:p@ss@proxy', ''])('may be %j', (value) => {
    expect(problemsOf({}, { [name]: value })).toEqual([])
  })
})

const flags = ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']
test.each(flags)('%s is a problem in a spelling that the SDK ignores', (name) => {
  for (const value of ['TRUE', 'True', '1', 'yes', ' true', 'true\n'])
    expect(problemsOf({}, { [name]: value })).toEqual([
      `The environment variable ${name} is ${JSON.stringify(value)}, but it must be true or false, in lower case.`,
    ])
  for (const value of ['', 'true', 'false']) expect(problemsOf({}, { [name]: value })).toEqual([])
})
