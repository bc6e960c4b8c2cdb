import { callsOf, describeStatus } from '../../__tests__/acceptance/support.ts'
import { type Authority, createAuthority } from '../authority.ts'
import { startConnectProxy } from '../connect-proxy.ts'
import { startRawServer, unusedPort } from '../raw-server.ts'
import { resolving } from '../resolver.ts'
import type { Credentials, Row, Scene } from '../row.ts'
import { startTlsServer } from '../tls-server.ts'
import { endingAtShortDeadline, shortDeadline, shortDeadlineSeconds } from './patterns.ts'

const topic = 'Proxies'
const sso = 'sso.us-east-1.amazonaws.com'
const sts = 'sts.us-east-1.amazonaws.com'
const github = 'run-actions-1-azure-eastus.actions.githubusercontent.com'
const hostsOf: Record<'key' | 'role', readonly string[]> = { key: [sso], role: [github, sts, sso] }

let authority: Promise<Authority> | undefined
/** One for all rows. */
const local = () => {
  authority ??= createAuthority(['localhost', '127.0.0.1', sso, sts, github])
  return authority
}

interface Proxied {
  readonly name: string
  readonly credentials?: 'key' | 'role'
  /** The variable that names the proxy. */
  readonly variable?: string
  readonly login?: { readonly username: string; readonly password: string }
  /** How the login stands in the variable, where that is not right. */
  readonly given?: string
  readonly proxySpeaksTls?: boolean
  /** Without it, the local authority is not known to the action. */
  readonly trusted?: boolean
  readonly environment?: Record<string, string>
  readonly expected?: Partial<Row['expected']>
}

/** The services by their real names, over HTTPS, through a proxy that tunnels. */
function proxied({
  name,
  credentials = 'role',
  variable = 'HTTPS_PROXY',
  login,
  given,
  proxySpeaksTls = false,
  trusted = true,
  environment,
  expected,
}: Proxied): Row {
  const good = expected?.verdict === undefined
  return {
    topic,
    name,
    credentials,
    ...(good ? {} : { inputs: shortDeadline }),
    arrange: async (scene, started) => {
      const known = await local()
      const tls = started.use(await startTlsServer(known, scene.wire.port))
      const proxy = started.use(
        await startConnectProxy({
          target: tls.server,
          ...(login ? { credentials: login } : {}),
          ...(proxySpeaksTls ? { authority: known } : {}),
        }),
      )
      if (login) {
        scene.secrets.add(login.password)
        scene.secrets.add(Buffer.from(`${login.username}:${login.password}`).toString('base64'))
      }
      const encoded = login ? `${encodeURIComponent(login.username)}:${encodeURIComponent(login.password)}@` : ''
      if (given) scene.secrets.add(given.split(':')[1]?.replace('@', '') ?? given)
      Object.assign(scene.environment, {
        AWS_ENDPOINT_URL: undefined,
        [variable]: `${proxySpeaksTls ? 'https' : 'http'}://${given ?? encoded}127.0.0.1:${proxy.port}`,
        ...(trusted ? { NODE_EXTRA_CA_CERTS: known.file } : {}),
        ...environment,
      })
      leadGitHubTo(scene, `https://${github}`)
      started.defer(async () => void scene.asked.push(...proxy.asked))
      noteAsked(scene, proxy)
    },
    expected: {
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      seconds: good ? 8 : shortDeadlineSeconds,
      check: (_, { asked }) => {
        const tunnels = new Set(asked)
        const missing = good ? hostsOf[credentials].filter((host) => !tunnels.has(`${host}:443`)) : []
        return missing.map((host) => `no tunnel to ${host}`)
      },
      ...expected,
    },
  }
}

function leadGitHubTo(scene: Scene, origin: string): void {
  const url = scene.environment['ACTIONS_ID_TOKEN_REQUEST_URL']
  if (url !== undefined) scene.environment['ACTIONS_ID_TOKEN_REQUEST_URL'] = url.replace(/^https?:\/\/[^/]+/, origin)
}

/** Shows in the scene what a proxy has been asked, at any time. */
function noteAsked(scene: Scene, proxy: { readonly asked: readonly string[] }): void {
  Object.defineProperty(scene, 'asked', { get: () => proxy.asked })
}

/** The services by their real names on a port of this machine, that a proxy must be left out for. */
function direct(
  name: string,
  noProxy: (port: number) => Record<string, string>,
  more: { credentials?: Credentials; throughProxy?: readonly string[]; addresses?: boolean } = {},
): Row {
  const { credentials = 'role', throughProxy = [], addresses = false } = more
  return {
    topic,
    name,
    credentials,
    arrange: async (scene, started) => {
      const known = await local()
      const tls = started.use(await startTlsServer(known, scene.wire.port))
      const proxy = started.use(await startConnectProxy({ target: tls.server }))
      const at = (host: string) => `https://${addresses ? '127.0.0.1' : host}:${tls.port}`
      Object.assign(scene.environment, {
        AWS_ENDPOINT_URL: undefined,
        AWS_ENDPOINT_URL_SSO_ADMIN: at(sso),
        AWS_ENDPOINT_URL_STS: at(sts),
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: known.file,
        ...resolving(),
        ...noProxy(tls.port),
      })
      leadGitHubTo(scene, at(github))
      noteAsked(scene, proxy)
    },
    expected: {
      verdict: 'succeeded',
      status: 'SUCCEEDED',
      seconds: 8,
      check: (_, { asked }) => {
        const seen = [...new Set(asked.map((tunnel) => tunnel.replace(/:\d+$/, '')))].sort()
        return seen.join() === [...throughProxy].sort().join() ? [] : [`tunnels to ${seen.join(', ') || 'nothing'}`]
      },
    },
  }
}

const all = `${sso},${sts},${github}`
const noProxy =
  (value: string, variable = 'NO_PROXY') =>
  () => ({ [variable]: value })

/** Nobody answers where the proxy should be, or not as one. */
function unusable(
  name: string,
  more: Partial<Row> & { proxy: (started: AsyncDisposableStack) => Promise<number> },
  told: RegExp,
): Row {
  const { proxy, ...rest } = more
  return {
    topic,
    name,
    inputs: shortDeadline,
    ...rest,
    arrange: async (scene, started) => {
      const known = await local()
      const tls = started.use(await startTlsServer(known, scene.wire.port))
      const login = { username: 'somebody', password: 'pr0xy-passw0rd' }
      scene.secrets.add(login.password)
      scene.secrets.add(Buffer.from(`${login.username}:${login.password}`).toString('base64'))
      Object.assign(scene.environment, {
        AWS_ENDPOINT_URL: undefined,
        AWS_ENDPOINT_URL_SSO_ADMIN: `https://${sso}:${tls.port}`,
        AWS_ENDPOINT_URL_STS: `https://${sts}:${tls.port}`,
        HTTPS_PROXY: `http://${login.username}:${login.password}@127.0.0.1:${await proxy(started)}`,
        NODE_EXTRA_CA_CERTS: known.file,
        ...resolving(),
        ...rest.environment,
      })
      leadGitHubTo(scene, `https://${github}:${tls.port}`)
    },
    expected: { ...endingAtShortDeadline(told), ...rest.expected },
  }
}

const nobody = { proxy: unusedPort }
const silent = { proxy: async (started: AsyncDisposableStack) => started.use(await startRawServer(() => {})).port }
const refusing = {
  proxy: async (started: AsyncDisposableStack) =>
    started.use(
      await startRawServer(
        (socket) => void socket.on('data', () => socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')),
      ),
    ).port,
}

/** Proxies between the runner and AWS, STS and GitHub, as companies have them. */
export const proxies: readonly Row[] = [
  proxied({ name: 'HTTPS through a CONNECT proxy, with an access key', credentials: 'key' }),
  proxied({ name: 'HTTPS through a CONNECT proxy, with a role to assume' }),
  proxied({
    name: 'HTTPS through a CONNECT proxy with a password, with an access key',
    credentials: 'key',
    login: { username: 'somebody', password: 'pr0xy-passw0rd' },
  }),
  proxied({
    name: 'HTTPS through a CONNECT proxy with a password, with a role to assume',
    login: { username: 'somebody', password: 'pr0xy-passw0rd' },
  }),
  proxied({
    name: 'HTTPS through a CONNECT proxy with a password of special characters',
    login: { username: 'DOMAIN\\some body', password: 'p@ss:w/rd#100%?&=' },
  }),
  proxied({ name: 'HTTPS through a CONNECT proxy by https_proxy in lower case', variable: 'https_proxy' }),
  proxied({ name: 'HTTPS through a CONNECT proxy that itself speaks TLS', proxySpeaksTls: true, credentials: 'key' }),
  proxied({
    name: 'HTTPS through a CONNECT proxy with NO_PROXY for other hosts',
    environment: { NO_PROXY: 'localhost,.example.com,10.0.0.1' },
  }),
  proxied({
    name: 'a CONNECT proxy that refuses the password',
    credentials: 'key',
    login: { username: 'somebody', password: 'pr0xy-passw0rd' },
    given: 'somebody:wr0ng-passw0rd@',
    expected: { verdict: 'timed-out', status: null, told: /proxy.*HTTPS_PROXY/is },
  }),
  proxied({
    name: 'a CONNECT proxy that refuses the password, with a role to assume',
    login: { username: 'somebody', password: 'pr0xy-passw0rd' },
    given: 'somebody:wr0ng-passw0rd@',
    expected: { verdict: ['timed-out', 'error'], status: null, told: /proxy/i },
  }),
  proxied({
    name: 'a CONNECT proxy, and a certificate of an authority that the runner does not know',
    credentials: 'key',
    trusted: false,
    expected: { verdict: 'timed-out', status: null, told: /certificate/i },
  }),
  direct('NO_PROXY with exact host names', noProxy(all)),
  direct('NO_PROXY with exact host names and blanks', noProxy(` ${sso} , ${sts} , ${github} `)),
  direct('NO_PROXY in capitals', noProxy(all.toUpperCase())),
  direct('no_proxy in lower case', noProxy(all, 'no_proxy')),
  direct('NO_PROXY with host names and ports', (port) => ({
    NO_PROXY: [sso, sts, github].map((host) => `${host}:${port}`).join(),
  })),
  direct('NO_PROXY with domains that begin with a dot', noProxy('.amazonaws.com,.githubusercontent.com')),
  direct('NO_PROXY with domains that begin with an asterisk', noProxy('*.amazonaws.com,*.githubusercontent.com')),
  direct('NO_PROXY with bare domains', noProxy('amazonaws.com,githubusercontent.com')),
  direct('NO_PROXY with an asterisk for all', noProxy('*')),
  direct('NO_PROXY with an address', noProxy('127.0.0.1'), { addresses: true }),
  direct('NO_PROXY with an address and a port', (port) => ({ NO_PROXY: `127.0.0.1:${port}` }), { addresses: true }),
  direct('NO_PROXY for STS alone', noProxy(sts), { throughProxy: [sso, github] }),
  direct('NO_PROXY for Identity Center alone', noProxy(sso), { throughProxy: [sts, github] }),
  direct("NO_PROXY for GitHub's token service alone", noProxy(github), { throughProxy: [sso, sts] }),
  unusable('an unreachable proxy, for Identity Center', nobody, /ECONNREFUSED.*proxy 127\.0\.0\.1:\d+/s),
  unusable(
    'an unreachable proxy, for STS',
    { ...nobody, credentials: 'role', environment: { NO_PROXY: github } },
    /ECONNREFUSED.*proxy 127\.0\.0\.1:\d+/s,
  ),
  unusable(
    "an unreachable proxy, for GitHub's token service",
    { ...nobody, credentials: 'role' },
    /token.*ECONNREFUSED.*proxy/s,
  ),
  unusable('a proxy that takes calls and never answers, for Identity Center', silent, /did not answer.*proxy/is),
  unusable(
    'a proxy that takes calls and never answers, for STS',
    { ...silent, credentials: 'role', environment: { NO_PROXY: github } },
    /did not answer.*proxy/is,
  ),
  unusable(
    "a proxy that takes calls and never answers, for GitHub's token service",
    { ...silent, credentials: 'role' },
    /did not answer.*proxy/is,
  ),
  unusable('a proxy that refuses tunnels, for Identity Center', refusing, /proxy.*502/is),
  unusable(
    'a proxy that refuses tunnels, for STS',
    { ...refusing, credentials: 'role', environment: { NO_PROXY: github } },
    /proxy.*502/is,
  ),
  unusable(
    "a proxy that refuses tunnels, for GitHub's token service",
    { ...refusing, credentials: 'role' },
    /token.*proxy/is,
  ),
  unusable(
    'a proxy whose name does not resolve',
    {
      proxy: async () => 9,
      environment: { HTTPS_PROXY: 'http://somebody:pr0xy-passw0rd@proxy.invalid:3128', ...resolving([[0]]) },
    },
    /proxy\.invalid/,
  ),
  {
    topic,
    name: 'a proxy variable that is no URL',
    environment: { HTTPS_PROXY: 'somebody:pr0xy-passw0rd@proxy.example.com:3128' },
    arrange: async ({ secrets }) => void secrets.add('pr0xy-passw0rd'),
    expected: {
      verdict: 'error',
      status: null,
      seconds: 3,
      told: /HTTPS_PROXY/,
      check: (_, { simulator }) => callsOf(simulator, describeStatus).map(() => 'a call was made'),
    },
  },
]
