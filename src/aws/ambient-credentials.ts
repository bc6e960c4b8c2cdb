import { readFile } from 'node:fs/promises'
import { fromEnv } from '@aws-sdk/credential-provider-env'
import type { Secrets } from '../secrets.ts'
import type { Clock } from '../wait/time/clock.ts'
import { type ClientConfig, type Credentials, type Lease, timedStep } from './credential-lease.ts'
import { invalidEndpointIn } from './endpoint-setting.ts'
import { type CredentialSource, CredentialsFailure, InvalidSetting, rawFactsOf } from './errors/facts.ts'

export interface AmbientOptions {
  readonly region: string
  /** The environment of the process, where the SDK also reads its settings: those of AWS, the proxies, and the IDs of this run. */
  readonly environment: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Wall-clock time, to compare with the time at which ambient credentials end. */
  readonly date: () => Date
  readonly clientConfig: ClientConfig
  /** Gets the credentials that are read. */
  readonly secrets: Secrets
}

/** A place that may hold credentials, other than environment variables. */
interface Place {
  readonly source: CredentialSource
  /** The setting that makes `read` fail with this error code; `null` if no setting is the cause. */
  readonly invalidSetting: (code: string) => string | null
  readonly read: () => Promise<Credentials>
}

/** Without it, the SDK's providers write warnings to the console, which is the job's log. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/**
 * Reads the credentials of the environment anew, from the first place that is set up, in the order of AWS's SDKs
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). When one place fails, the SDK's own chain goes on to the
 * next, and at the end it reports only the error of the last place.
 *
 * Keys in environment variables come before AWS_PROFILE, as in the AWS CLI: an earlier step of the job has set them.
 *
 * @throws CredentialsFailure when the first place that is set up gives no credentials, or when no place is set up
 */
export async function readAmbientCredentials(options: AmbientOptions): Promise<Lease> {
  const { clock, date, environment, secrets } = options
  if (environment['AWS_ACCESS_KEY_ID'] && environment['AWS_SECRET_ACCESS_KEY'])
    return leaseOf(await fromEnv()(), date())
  for (const { source, invalidSetting, read } of placesIn(options)) {
    try {
      const credentials = await timedStep(clock, read)
      const { accessKeyId, secretAccessKey, sessionToken = '' } = credentials
      secrets.add(accessKeyId, secretAccessKey, sessionToken)
      return leaseOf(credentials, date())
    } catch (error) {
      const { code, message } = rawFactsOf(error)
      // With these words, the SDK says that this profile has no credentials. About a profile that it starts from, the words name that one.
      if (source.kind === 'profile' && message.includes(`using profile: [${source.name}]`)) continue
      const setting = invalidSetting(code)
      throw new CredentialsFailure(source, setting === null ? error : new InvalidSetting(setting))
    }
  }
  throw new CredentialsFailure({ kind: 'none', profile: environment['AWS_PROFILE'] || null })
}

/** The places that are set up, in order. */
function* placesIn({ environment, clientConfig, region, secrets }: AmbientOptions): Generator<Place, void> {
  // The SDK says what is wrong with a file that cannot be read.
  const addTokenIn = async (file: string | undefined) => {
    if (file) secrets.add(await readFile(file, 'utf8').catch(() => ''))
  }
  const init = { ignoreCache: true, logger: quiet, clientConfig, parentClientConfig: { region } }
  const invalidSetting = () => invalidEndpointIn(environment, 'STS')
  yield {
    source: { kind: 'profile', name: environment['AWS_PROFILE'] || 'default' },
    invalidSetting,
    read: async () => (await import('@aws-sdk/credential-provider-ini')).fromIni(init)(),
  }
  const { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile } = environment
  if (tokenFile && roleArn)
    yield {
      source: { kind: 'web-identity', roleArn },
      invalidSetting,
      read: async () => {
        await addTokenIn(tokenFile)
        return (await import('@aws-sdk/credential-provider-web-identity')).fromTokenFile(init)()
      },
    }
  const container = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']
  const address = container.find((name) => environment[name])
  if (address !== undefined)
    yield {
      source: { kind: 'container' },
      invalidSetting: (code) => (code === 'ERR_INVALID_URL' ? address : null),
      read: async () => {
        await addTokenIn(environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'])
        // The wait decides when to ask again.
        return (await import('@aws-sdk/credential-provider-http')).fromHttp({ logger: quiet, maxRetries: 0 })()
      },
    }
  else if (['', 'false'].includes(environment['AWS_EC2_METADATA_DISABLED'] ?? ''))
    yield {
      source: { kind: 'instance' },
      invalidSetting: (code) => (code === 'ERR_INVALID_URL' ? 'AWS_EC2_METADATA_SERVICE_ENDPOINT' : null),
      read: async () => (await import('@smithy/credential-provider-imds')).fromInstanceMetadata({ logger: quiet })(),
    }
}

/**
 * How long credentials last. If new ones seem to have ended already, the machine's clock is wrong: they last until AWS says that they have
 * expired.
 */
function leaseOf(credentials: Credentials, now: Date): Lease {
  const lifetimeMs = (credentials.expiration?.getTime() ?? Number.NaN) - now.getTime()
  return { credentials, lifetimeMs: lifetimeMs > 0 ? lifetimeMs : Number.POSITIVE_INFINITY }
}
