import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Readable } from 'node:stream'
import { SSOAdminClient, type SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import type { RoleToAssume } from '../inputs/role.ts'
import { proxiesIn } from '../inputs/variables.ts'
import { type AmbientOptions, readAmbientCredentials } from './ambient-credentials.ts'
import { renewedCredentials } from './credential-lease.ts'
import { invalidEndpointIn } from './endpoint-setting.ts'
import type { ErrorContext, Wording } from './errors/context.ts'
import { InvalidSetting } from './errors/facts.ts'
import { assumeRoleThrough, openSession, type TokenSource } from './role-session.ts'

const connectLimitMs = 5_000
/** How long one call may take, from its start to the last byte of the answer. */
export const attemptLimitMs = 10_000

export interface ConnectionOptions extends Omit<AmbientOptions, 'clientConfig' | 'secrets'> {
  /** `null`: the ambient credential chain. */
  readonly role: RoleToAssume | null
  readonly tokens: TokenSource
  /** Of the program that connects, for what people read about errors. */
  readonly wording: Wording
  /** The program's version. */
  readonly version: string
}

/** A connection to AWS: one pool of sockets, and a client that uses it. */
export interface Connection extends Pick<ErrorContext, 'proxy' | 'wording' | 'secrets'> {
  /** Whether the action assumed a role itself, or uses the credentials it found. */
  readonly credentials: 'role' | 'ambient'
  /** The client for the next call. */
  readonly client: SSOAdminClient
  /** Discards the credentials. The next call gets new ones: a new session of the role, or what the ambient chain then gives. */
  renewCredentials(): void
  /** Closes every socket. */
  close(): void
}

/**
 * Connects to Identity Center in a Region.
 *
 * The SDK itself reads AWS_ENDPOINT_URL and its variants, and the settings for FIPS and dual-stack endpoints. Its own retries are off, and
 * so are the pauses of AWS_RETRY_MODE=adaptive: the wait decides when to ask again, and every call counts for the rate limit. Node's agents
 * honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY if they get the environment (`proxyEnv`, Node 24.5 and later).
 */
export function connect(options: ConnectionOptions): Connection {
  const { region, role, tokens, environment, clock, date, version } = options
  const agentOptions = { keepAlive: true, proxyEnv: environment }
  const httpAgent = new HttpAgent(agentOptions)
  const httpsAgent = new HttpsAgent(agentOptions)
  const way = {
    customUserAgent: userAgent(environment, version),
    requestHandler: {
      httpAgent,
      httpsAgent,
      connectionTimeout: connectLimitMs,
      requestTimeout: attemptLimitMs,
      throwOnRequestTimeout: true,
    },
  }
  const config: SSOAdminClientConfig = {
    ...way,
    region,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    streamCollector: wholeBody,
  }
  const { secrets } = tokens
  const proxy = proxiesIn(environment)[0]?.[1] ?? ''
  const credentials = renewedCredentials(clock, () =>
    role === null
      ? readAmbientCredentials({ environment, clock, date, clientConfig: way, region, secrets })
      : openSession(role, tokens, assumeRoleThrough(config, environment), clock),
  )
  const newClient = () => {
    // The SDK asks its default provider before each call. It asks a provider in `credentials` again only when the machine's clock says so.
    const made = new SSOAdminClient({ ...config, credentialDefaultProvider: () => credentials.provide })
    // This middleware copies every answer, row by row, for a logger that does not exist.
    made.middlewareStack.remove('loggerMiddleware')
    made.middlewareStack.add(
      (next) => async (args) => {
        const invalidSetting = invalidEndpointIn(environment, 'SSO_ADMIN')
        if (invalidSetting !== null) throw new InvalidSetting(invalidSetting)
        return next(args)
      },
      { step: 'initialize' },
    )
    return made
  }

  let client = newClient()
  return {
    get client() {
      return client
    },
    credentials: role === null ? 'ambient' : 'role',
    proxy: URL.parse(proxy)?.host ?? null,
    wording: options.wording,
    secrets,
    renewCredentials() {
      credentials.discard()
      client = newClient()
    },
    close() {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}

/**
 * Reads a body to its end. The SDK's own collector costs more: it makes Node load the web streams, and it pipes the body, which keeps each
 * answer in memory until a full garbage collection: 8 KB a call, against 0.15 KB.
 */
function wholeBody(body: Readable): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    body.on('data', (chunk) => chunks.push(chunk))
    body.on('end', () => resolve(Buffer.concat(chunks)))
    body.on('error', reject)
  })
}

/** Shows in AWS's logs which action made a call, and in which run of which repository. */
function userAgent(environment: NodeJS.ProcessEnv, version: string): [string, string][] {
  const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt } = environment
  const product: [string, string] = ['wait-for-permission-set-provisioning', version]
  return repository && run ? [product, ['github-run', `${repository}-${run}-${attempt ?? 1}`]] : [product]
}
