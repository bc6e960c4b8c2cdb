import type { SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import { fromEnv } from '@aws-sdk/credential-provider-env'
import { abortable, type Clock, withTimeLimit } from '../polling/clock.ts'
import type { Credentials, Lease } from './credential-lease.ts'
import { invalidEndpointIn } from './endpoint-setting.ts'
import { type CredentialSource, CredentialsFailure, factsOf, InvalidSetting } from './errors/facts.ts'

export interface AmbientOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Wall-clock time, to compare with when credentials say that they end. */
  readonly date: () => Date
  /** How AWS is reached for credentials. */
  readonly clientConfig: Pick<SSOAdminClientConfig, 'requestHandler' | 'customUserAgent'>
  readonly region: string
}

/** One place, apart from the environment itself, where credentials may be. */
interface Place {
  readonly source: CredentialSource
  /** The setting that makes reading impossible, once it has failed; `null` where that is not the reason. */
  readonly invalidSetting: (code: string) => string | null
  readonly read: () => Promise<Credentials>
}

/** Less than an attempt of a call may take, so that credentials which hang are named as the cause. */
const readLimitMs = 8_000
const unending = new AbortController().signal

/** The SDK's providers would warn on the console, which is the job's log. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * The credentials that the environment has, read afresh: from the first place that is set up, in the order of AWS's SDKs
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). The SDK's own chain passes over a place that fails, and
 * its error is that of the last one.
 *
 * Keys in the environment come before AWS_PROFILE, as with the AWS CLI: they are what an earlier step of the job has left.
 *
 * @throws CredentialsFailure when the first place that is set up gives none, or none is
 */
export async function readAmbientCredentials(options: AmbientOptions): Promise<Lease> {
  const { clock, date, environment } = options
  if (environment['AWS_ACCESS_KEY_ID'] && environment['AWS_SECRET_ACCESS_KEY'])
    return leaseOf(await fromEnv()(), date())
  for (const { source, invalidSetting, read } of placesIn(options)) {
    try {
      const credentials = await withTimeLimit(clock, readLimitMs, unending, (signal) => abortable(signal, read()))
      return leaseOf(credentials, date())
    } catch (error) {
      const { code, message } = factsOf(error)
      // So the SDK says that a profile has no credentials, where it is not one that another starts from.
      if (source.kind === 'profile' && message.includes(`using profile: [${source.name}]`)) continue
      const setting = invalidSetting(code)
      throw new CredentialsFailure(source, setting === null ? error : new InvalidSetting(setting))
    }
  }
  throw new CredentialsFailure({ kind: 'none', profile: environment['AWS_PROFILE'] || null })
}

function placesIn({ environment, clientConfig, region }: AmbientOptions): Place[] {
  const init = { ignoreCache: true, logger: quiet, clientConfig, parentClientConfig: { region } }
  const invalidEndpoint = () => invalidEndpointIn(environment, 'STS')
  const places: Place[] = [
    {
      source: { kind: 'profile', name: environment['AWS_PROFILE'] || 'default' },
      invalidSetting: invalidEndpoint,
      read: async () => (await import('@aws-sdk/credential-provider-ini')).fromIni(init)(),
    },
  ]
  const roleArn = environment['AWS_ROLE_ARN']
  if (environment['AWS_WEB_IDENTITY_TOKEN_FILE'] && roleArn) {
    places.push({
      source: { kind: 'web-identity', roleArn },
      invalidSetting: invalidEndpoint,
      read: async () => (await import('@aws-sdk/credential-provider-web-identity')).fromTokenFile(init)(),
    })
  }
  const container = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']
  const address = container.find((name) => environment[name])
  if (address !== undefined) {
    places.push({
      source: { kind: 'container' },
      invalidSetting: (code) => (code === 'ERR_INVALID_URL' ? address : null),
      // When to ask again is for the wait to decide.
      read: async () =>
        (await import('@aws-sdk/credential-provider-http')).fromHttp({ logger: quiet, maxRetries: 0 })(),
    })
  } else if (['', 'false'].includes(environment['AWS_EC2_METADATA_DISABLED'] ?? '')) {
    places.push({
      source: { kind: 'instance' },
      invalidSetting: (code) => (code === 'ERR_INVALID_URL' ? 'AWS_EC2_METADATA_SERVICE_ENDPOINT' : null),
      read: async () => (await import('@smithy/credential-provider-imds')).fromInstanceMetadata({ logger: quiet })(),
    })
  }
  return places
}

/** Credentials that are over as soon as they are handed out show that the machine's clock is off: then AWS has to say when they end. */
function leaseOf(credentials: Credentials, now: Date): Lease {
  const lifetimeMs = (credentials.expiration?.getTime() ?? Number.NaN) - now.getTime()
  return { credentials, lifetimeMs: lifetimeMs > 0 ? lifetimeMs : Number.POSITIVE_INFINITY }
}
