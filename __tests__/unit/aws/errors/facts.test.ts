import { describe, expect, test } from '@jest/globals'
import { factsOf } from '../../../../src/aws/errors/facts.ts'
import { noSecrets } from '../../examples.ts'

const shownOf = (thrown: unknown) => factsOf(thrown, noSecrets).message

describe('a secret is not shown that is', () => {
  const canonical =
    "The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:secret\n'"
  test.each([
    ['in the URL of a proxy', 'http://user:secret@proxy:3128', 'http://proxy:3128'],
    [
      'in two URLs',
      'tunnel to https://user:secret@proxy:3128 and http://secret@other failed',
      'tunnel to https://other failed',
    ],
    ['in a path', 'https://example.com/a@b', 'https://b'],
    ['with special characters', 'http://user:p@ss@w/rd@proxy', 'http://proxy'],
    // `new http.Agent({ proxyEnv })` throws an error that quotes it.
    ['with a blank', 'Invalid proxy URL: http://user:my secret@proxy:bad', 'Invalid proxy URL: http://proxy:bad'],
    [
      'in the command or the output of a credential process',
      'Command failed: vault --token secret\nno secret\n',
      'Command failed',
    ],
    ['in the canonical request that AWS quotes', canonical, 'The request signature we calculated does not match.'],
  ])('%s', (_, message, shown) => {
    expect(shownOf(new Error(message))).toBe(shown)
    expect(shownOf(message)).toBe(shown)
  })

  test.each(['{"SecretAccessKey":secret}', '{\n "Token":secret\n}'])('in %j, which is not JSON', (text) => {
    try {
      JSON.parse(text)
    } catch (error) {
      expect(String(error)).toContain('secre')
      expect(shownOf(error)).not.toContain('secre')
    }
    expect.assertions(2)
  })
})

test.each(['https://example.com\nmail me@example.com', 'mail me@example.com'])('%j has no secret', (message) => {
  expect(shownOf(new Error(message))).toBe(message)
})
