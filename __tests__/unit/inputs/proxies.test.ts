import { describe, expect, test } from '@jest/globals'
import { problemsOf } from './reading.ts'

describe("a proxy's URL in the environment", () => {
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

  test.each(names)('%s without the URL of a proxy is a problem, which does not show the value', (name) => {
    for (const value of [
      'user:hunter2@proxy:3128',
      'http://user:my hunter2@proxy:bad',
      'socks5://hunter2@proxy',
      'x-http://hunter2@proxy',
      ' ',
    ])
      expect(problemsOf({}, { [name]: value })).toEqual([
        `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
          'Its value is not shown, since it may hold a password, whose special characters must be percent-encoded.',
      ])
  })

  test.each(['http://user:p%40ss@proxy.example.com:3128', 'https://proxy', 'HTTP://[::1]:8080/', ''])(
    '%j is fine',
    (value) => {
      for (const name of names) expect(problemsOf({}, { [name]: value })).toEqual([])
    },
  )

  test('each variable is a problem of its own, together with those of the inputs', () => {
    const environment = { https_proxy: 'proxy', HTTP_PROXY: 'proxy', NO_PROXY: 'proxy' }
    expect(
      problemsOf({ wait: 'no' }, environment).map((problem) => /\b(wait|https?_proxy)\b/i.exec(problem)?.[0]),
    ).toEqual(['wait', 'https_proxy', 'HTTP_PROXY'])
  })
})
