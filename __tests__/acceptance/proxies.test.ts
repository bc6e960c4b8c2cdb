import { expect } from '@jest/globals'
import { createAuthority, startTlsServer } from '../support/authority.ts'
import { answered, expectEnding, expectInTime, unanswered } from '../support/expectations.ts'
import { ofFile } from '../support/of-file.ts'
import { startProxy } from '../support/proxy.ts'
import { type Listening, refusingPort, startRawServer } from '../support/servers.ts'
import { type TestSimulator, testWithProxies, type WaitForOne, waitForOne } from '../support/step.ts'

// AWS, STS and GitHub's token service by their real names, over HTTPS, with a proxy between them and the runner, as companies have it.

const sso = 'sso.us-east-1.amazonaws.com'
const sts = 'sts.us-east-1.amazonaws.com'
const github = 'run-actions-1-azure-eastus.actions.githubusercontent.com'
const login = { username: 'somebody', password: 'pr0xy-passw0rd' }

const authority = await ofFile(createAuthority(['localhost', '127.0.0.1', sso, sts, github]))

const portOf = ({ endpoint }: TestSimulator) => Number(new URL(endpoint).port)

/** Where the job gets its OIDC token, under another origin. */
const tokenUrl = ({ oidc }: TestSimulator, origin: string) => oidc.url.replace(/^http:\/\/[^/]+/, origin)

/** As they stand in a URL, and as the proxy gets them. */
const formsOf = ({ username, password }: typeof login) => ({
  inUrl: `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`,
  secrets: [password, Buffer.from(`${username}:${password}`).toString('base64')],
})

interface Tunnelled extends Pick<WaitForOne, 'timeoutMinutes'> {
  assumesRole?: boolean
  variable?: string
  login?: typeof login
  /** What is given in place of the right login. */
  wrong?: typeof login
  proxySpeaksTls?: boolean
  /** Whether the action knows the local authority. */
  isTrusted?: boolean
  environment?: Record<string, string>
}

/** A step whose calls go through a proxy that tunnels, and the hosts that the proxy was asked for. */
async function throughTunnel(options: Tunnelled) {
  const { assumesRole = true, variable = 'HTTPS_PROXY', proxySpeaksTls = false, isTrusted = true } = options
  await using stack = new AsyncDisposableStack()
  const asked: string[] = []
  const given = options.wrong ?? options.login
  const { inUrl, secrets } = given ? formsOf(given) : { inUrl: '', secrets: [] }

  const wait = await waitForOne({ ...options, assumesRole, secrets }, async (simulator) => {
    const tls = stack.use(await startTlsServer(authority, portOf(simulator)))
    const proxy = await startProxy({
      asked,
      tunnelsTo: tls.port,
      ...(options.login ? { login: options.login } : {}),
      ...(proxySpeaksTls ? { authority } : {}),
    })
    const environment = {
      AWS_ENDPOINT_URL: undefined,
      [variable]: `${proxySpeaksTls ? 'https' : 'http'}://${inUrl}127.0.0.1:${stack.use(proxy).port}`,
      ...(isTrusted ? { NODE_EXTRA_CA_CERTS: authority.file } : {}),
      ...(assumesRole ? { ACTIONS_ID_TOKEN_REQUEST_URL: tokenUrl(simulator, `https://${github}`) } : {}),
      ...options.environment,
    }
    return { environment }
  })
  return { ...wait, asked: [...new Set(asked)].sort() }
}

const tunnelsTo = (hosts: readonly string[]) => hosts.map((host) => `CONNECT ${host}:443`).sort()

const specialLogin = { username: 'DOMAIN\\some body', password: 'p@ss:w/rd#100%?&=' }

testWithProxies.each<[string, Tunnelled]>([
  ['by https_proxy, with a password of special characters', { variable: 'https_proxy', login: specialLogin }],
  [
    'that itself speaks TLS, with NO_PROXY for other hosts',
    { proxySpeaksTls: true, assumesRole: false, environment: { NO_PROXY: 'localhost,.example.com,10.0.0.1' } },
  ],
])('a CONNECT proxy %s is used for every call', async (_, options) => {
  const { step, simulator, request, asked } = await throughTunnel(options)

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(asked).toEqual(tunnelsTo(options.assumesRole === false ? [sso] : [github, sts, sso]))
})

const wrong = { username: 'somebody', password: 'wr0ng-passw0rd' }

testWithProxies.each<[string, Tunnelled, RegExp]>([
  ['refuses the password', { assumesRole: false, login, wrong }, /proxy.*HTTPS_PROXY/is],
  [
    'leads to a certificate of an unknown authority',
    { assumesRole: false, isTrusted: false },
    /set NODE_EXTRA_CA_CERTS/,
  ],
])('a CONNECT proxy that %s is what people read about', async (_, options, cause) => {
  const { step, request } = await throughTunnel({ ...options, timeoutMinutes: 0.03 })

  expect(['timed-out', 'error']).toContain(step.outputs['verdict'])
  expect(step.results).toEqual([unanswered(request, expect.any(String))])
  expect(step.errors[0]?.message).toMatch(cause)
  expect(step.complaints).toEqual([])
})

/** A step that reaches the services on a port of this machine, by their names or their address. */
async function reachingHere(
  options: WaitForOne,
  environmentOf: (port: number) => Record<string, string> | Promise<Record<string, string>>,
  byAddress = false,
) {
  await using stack = new AsyncDisposableStack()
  return await waitForOne({ hooks: ['look-ups.cjs'], ...options }, async (simulator) => {
    const { port } = stack.use(await startTlsServer(authority, portOf(simulator)))
    const at = (host: string) => `https://${byAddress ? '127.0.0.1' : host}:${port}`
    const environment = {
      AWS_ENDPOINT_URL: undefined,
      AWS_ENDPOINT_URL_SSO_ADMIN: at(sso),
      AWS_ENDPOINT_URL_STS: at(sts),
      ACTIONS_ID_TOKEN_REQUEST_URL: tokenUrl(simulator, at(github)),
      NODE_EXTRA_CA_CERTS: authority.file,
      ...(await environmentOf(port)),
    }
    return { environment }
  })
}

const all = `${sso},${sts},${github}`
const noProxy =
  (value: string, variable = 'NO_PROXY') =>
  () => ({ [variable]: value })

testWithProxies.each<[string, (port: number) => Record<string, string>, string[], boolean]>([
  [
    'in lower case, of exact host names in capitals and blanks',
    noProxy(` ${all.toUpperCase().replaceAll(',', ' , ')} `, 'no_proxy'),
    [],
    false,
  ],
  [
    'of domains, with a dot, an asterisk or bare',
    noProxy('.us-east-1.amazonaws.com,*.githubusercontent.com'),
    [],
    false,
  ],
  ['of an address and a port', (port) => ({ NO_PROXY: `127.0.0.1:${port}` }), [], true],
  ['for Identity Center alone', noProxy(sso), [sts, github], false],
])('NO_PROXY %s is honoured', async (_, environmentOf, throughProxy, byAddress) => {
  await using stack = new AsyncDisposableStack()
  const asked: string[] = []
  const besideProxy = async (tunnelsTo: number) => {
    const proxy = stack.use(await startProxy({ asked, tunnelsTo }))
    return { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, ...environmentOf(tunnelsTo) }
  }
  const { step, simulator, request } = await reachingHere({ assumesRole: true }, besideProxy, byAddress)

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(new Set(asked.map((line) => line.replace(/^CONNECT |:\d+$/g, '')))).toEqual(new Set(throughProxy))
})

type Unavailing = Pick<WaitForOne, 'assumesRole'> & { environment?: Record<string, string> }

/** A step with a short deadline behind a proxy that is of no use, with all services in their place. */
function behind(proxy: string, { environment, ...options }: Unavailing) {
  const { inUrl, secrets } = formsOf(login)
  const viaProxy = { HTTPS_PROXY: `http://${inUrl}${proxy}`, ...environment }
  return reachingHere({ ...options, timeoutMinutes: 0.03, secrets }, () => viaProxy)
}

const refusal = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'

async function startUseless(kind: string): Promise<Listening> {
  if (kind === 'that never answers') return startRawServer(() => {})
  if (kind === 'that refuses tunnels') return startRawServer((socket) => socket.on('data', () => socket.end(refusal)))
  return { port: refusingPort, [Symbol.asyncDispose]: async () => {} }
}

/** What is called first: Identity Center with an access key; with a role GitHub's token service, or STS where the proxy is left out there. */
const beforeSts = { assumesRole: true, environment: { NO_PROXY: github } }

testWithProxies.each<[string, string, Unavailing, RegExp]>([
  ['that is not there', 'Identity Center', {}, /ECONNREFUSED.*proxy 127\.0\.0\.1:\d+/s],
  ['that never answers', "GitHub's token service", { assumesRole: true }, /did not answer.*proxy/is],
  ['that refuses tunnels', 'STS', beforeSts, /proxy.*502/is],
])('a proxy %s, before %s, is what people read about', async (kind, _, options, cause) => {
  await using server = await startUseless(kind)
  const { step, request } = await behind(`127.0.0.1:${server.port}`, options)

  expectEnding(step, 'timed-out', unanswered(request, expect.any(String)))
  expect(step.errors[0]?.message).toMatch(cause)
  expectInTime(step, 1_800)
})

testWithProxies('a proxy whose name does not resolve is named', async () => {
  const environment = { LOOK_UPS: JSON.stringify({ code: 'ENOTFOUND', failures: [[0]] }) }
  const { step, request } = await behind('proxy.invalid:3128', { environment })

  expectEnding(step, 'timed-out', unanswered(request, expect.stringContaining('proxy.invalid')))
})

testWithProxies('HTTP_PROXY is used for every call', async () => {
  const asked: string[] = []
  await using proxy = await startProxy({ asked })
  const { inUrl, secrets } = formsOf(login)
  const environment = { HTTP_PROXY: `http://${inUrl}127.0.0.1:${proxy.port}` }
  const { simulator, request, step } = await waitForOne({ assumesRole: true, environment, secrets })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(asked).toHaveLength(simulator.calls.length)
  for (const line of asked) expect(line).toContain(simulator.endpoint)
})
