import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Readable } from 'node:stream'
import { SSOAdminClient, type SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { RoleToAssume } from '../inputs.ts'
import { assumeRoleThrough, RoleSession, type TokenSource } from './role-session.ts'

const connectLimitMs = 5_000
/** What one attempt may take from its start to the last byte of its answer. */
export const attemptLimitMs = 10_000

export interface ConnectionOptions {
  readonly region: string
  /** `null`: the ambient credential chain. */
  readonly role: RoleToAssume | null
  readonly tokens: TokenSource
  /** Holds the proxy settings, and which run this is. */
  readonly environment: NodeJS.ProcessEnv
  /** The action's version. */
  readonly version: string
}

/** The way to AWS: one pool of sockets, and clients that use it. */
export interface Connection {
  /** The client for the next call. */
  readonly client: SSOAdminClient
  readonly credentials: 'role' | 'ambient'
  /** Host and port of the proxy that the environment names; `null` where it names none. */
  readonly proxy: string | null
  /** Obtains credentials anew: for the role a new session, or the ambient chain read afresh. */
  renewCredentials(): void
  /** Closes every socket. */
  close(): void
}

/**
 * Connects to Identity Center in a Region.
 *
 * The SDK reads AWS_ENDPOINT_URL and its variants, FIPS and dual-stack settings itself. Its hidden retries are off, and so are the hidden
 * pauses of AWS_RETRY_MODE=adaptive: when to ask again is the wait's to decide, and each attempt counts against the budget. Node's agents honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY when they
 * are given the environment (`proxyEnv`, Node 24.5 and later).
 */
export function connect({ region, role, tokens, environment, version }: ConnectionOptions): Connection {
  const agentOptions = { keepAlive: true, proxyEnv: environment }
  const httpAgent = new HttpAgent(agentOptions)
  const httpsAgent = new HttpsAgent(agentOptions)
  const config: SSOAdminClientConfig = {
    region,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    customUserAgent: userAgent(environment, version),
    streamCollector: wholeBody,
    // Files with credentials are read anew by each client, as something else may renew them while the wait lasts.
    credentialDefaultProvider: (init) => defaultProvider({ ...init, ignoreCache: true }),
    requestHandler: {
      httpAgent,
      httpsAgent,
      connectionTimeout: connectLimitMs,
      requestTimeout: attemptLimitMs,
      throwOnRequestTimeout: true,
    },
  }
  const session = role === null ? null : new RoleSession(role, tokens, assumeRoleThrough(config))
  const newClient = () => {
    const made = new SSOAdminClient(session === null ? config : { ...config, credentials: session.provide })
    // It would copy every answer, row by row, for a logger that there is none of.
    made.middlewareStack.remove('loggerMiddleware')
    return made
  }

  let client = newClient()
  return {
    get client() {
      return client
    },
    credentials: role === null ? 'ambient' : 'role',
    proxy: proxyIn(environment),
    renewCredentials() {
      session?.discard()
      // The SDK remembers credentials for each client.
      client = newClient()
    },
    close() {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}

/**
 * Reads a body to its end. The SDK's own way asks first whether the body is a web stream, for which Node then loads what web streams
 * need, and pipes it, which keeps each answer in memory until a full collection: 8 KB a call, against 0.15 KB.
 */
function wholeBody(body: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    body.on('data', (chunk) => chunks.push(chunk))
    body.on('end', () => resolve(Buffer.concat(chunks)))
    body.on('error', reject)
  })
}

/** Lets AWS's logs tell which action, and which run of which repository, a call came from. */
function userAgent(environment: NodeJS.ProcessEnv, version: string): [string, string][] {
  const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt } = environment
  const product: [string, string] = ['wait-for-permission-set-provisioning', version]
  return repository && run ? [product, ['github-run', `${repository}-${run}-${attempt ?? 1}`]] : [product]
}

/** Without user and password. */
function proxyIn(environment: NodeJS.ProcessEnv): string | null {
  const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']
  const url = names.map((name) => environment[name]).find(Boolean)
  return url === undefined ? null : (URL.parse(url)?.host ?? null)
}
