import { describe, expect, test } from '@jest/globals'
import { Secrets } from '../../src/secrets.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('a text of an error has no secret', () => {
  test.each<[place: string, environment: Record<string, string>, text: string, hidden: string]>([
    ['an input', { 'INPUT_GITHUB-TOKEN': 'ghs_012345' }, 'token ghs_012345.', 'token ***.'],
    ['a line of several', { MY_SECRET: 'line-one\r\nline-two' }, '"line-two" line-one', '"***" ***'],
    [
      'a variable of AWS',
      { AWS_SECRET_ACCESS_KEY: 'a+b/c=d%' },
      'a+b/c=d% a%2Bb%2Fc%3Dd%25 a%2bb%2fc%3dd%25',
      '*** *** ***',
    ],
    ['what is encoded', { MY_TOKEN: 't0ken-1' }, `Basic ${base64('me:t0ken-1').replace(/=+$/, '')}`, 'Basic bWU6***Q'],
    ['JSON', { MY_TOKEN: 'a"b\\c"d' }, '{"x":"a\\"b\\\\c\\"d"}', '{"x":"***"}'],
    ['a proxy', { HTTPS_PROXY: 'http://me:p%40ssword@proxy' }, 'p@ssword p%40ssword', '*** ***'],
    ['a header for a proxy', { http_proxy: 'http://me:p%40ss@proxy' }, `Basic ${base64('me:p@ss')}`, '***'],
    ['a proxy with a line break', { HTTPS_PROXY: 'http://me:pass\nword@proxy' }, 'pass\nword password', '*** ***'],
    ['a proxy that is not percent-encoded', { HTTPS_PROXY: 'http://me:100%sure@proxy' }, '100%sure', '***'],
    ['a proxy with a slash', { HTTPS_PROXY: 'http://me:1/hunter2@proxy' }, '1/hunter2', '***'],
    ['a proxy without a host', { HTTPS_PROXY: 'http://me:hunter2' }, 'bad: http://me:hunter2', 'bad: ***'],
    ['a proxy without a password', { HTTPS_PROXY: 'http://t0ken-1@proxy' }, 't0ken-1', '***'],
    ['an endpoint', { AWS_ENDPOINT_URL_STS: 'https://me:hunter2@sts' }, 'hunter2', '***'],
    ['a short password', { HTTPS_PROXY: 'http://user:e@proxy' }, 'see user:e@proxy', 'see ***proxy'],
  ])('in %s', (_, environment, text, hidden) => {
    expect(new Secrets(environment).hide(text)).toBe(hidden)
  })

  test('that was added later', () => {
    const secrets = new Secrets({})
    secrets.add('ASIA0123456789', '', 'e')
    for (let renewal = 0; renewal < 10; renewal++) secrets.add(`t0ken-${renewal}`)
    expect(secrets.hide('ASIA0123456789, t0ken-9 or else')).toBe('***, *** or else')
  })

  test.each<[string, Record<string, string>]>([
    [
      'that is no secret',
      { AWS_REGION: 'eu-central-1', GITHUB_SERVER_URL: 'https://github.com', NO_PROXY: '127.0.0.1' },
    ],
    ['with a short password', { HTTPS_PROXY: 'http://me:e@proxy:3128' }],
  ])('but keeps a text %s', (_, environment) => {
    const text = 'eu-central-1: connect https://github.com via proxy:3128, 127.0.0.1'
    expect(new Secrets(environment).hide(text)).toBe(text)
  })
})

test('other texts have no secret that nothing else can be, and keep words', () => {
  const secrets = new Secrets({ MY_TOKEN: 'ghs_0123456789abcdef', MY_SECRET: 'AdministratorAccess', MY_PASSWORD: 'e' })
  expect(secrets.hideUnmistakable('ghs_0123456789abcdef AdministratorAccess e')).toBe('*** AdministratorAccess e')
})
