import { describe, expect, test } from '@jest/globals'
import { problemsOf } from './reading.ts'

describe("a proxy's URL in the environment", () => {
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

  test.each(names)('in %s is a problem if it is not a URL of a proxy, and the value is not shown', (name) => {
    for (const value of [
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
    ])
      expect(problemsOf({}, { [name]: value })).toEqual([
        `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
          'Its value is not shown, because it may hold a password. Special characters in a password must be percent-encoded.',
      ])
  })

  test.each([
    'http://user:p%40ss@proxy.example.com:3128',
    'https://proxy',
    'http://[::1]:8080/',
    'http://proxy/path',
    'http://user:p@ss@proxy',
    '',
  ])('is valid as %j', (value) => {
    for (const name of names) expect(problemsOf({}, { [name]: value })).toEqual([])
  })

  test('has a problem for each variable, together with those of the inputs', () => {
    const environment = { https_proxy: 'proxy', HTTP_PROXY: 'proxy', NO_PROXY: 'proxy' }
    expect(
      problemsOf({ wait: 'no' }, environment).map((problem) => /\b(wait|https?_proxy)\b/i.exec(problem)?.[0]),
    ).toEqual(['wait', 'https_proxy', 'HTTP_PROXY'])
  })
})
