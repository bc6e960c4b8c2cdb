import type { RoleToAssume } from '../inputs/role.ts'
import type { Secrets } from '../secrets.ts'
import type { Clock } from '../wait/time/clock.ts'
import { type ClientConfig, type Lease, timedStep } from './credential-lease.ts'
import { invalidEndpointIn } from './endpoint-setting.ts'
import { CredentialsFailure, field, InvalidSetting } from './errors/facts.ts'

/** What the runner provides for OpenID Connect. */
export interface TokenSource {
  /** A fresh OIDC token of this job. Rejects when the runner does not give one. */
  getIdToken(audience: string, signal: AbortSignal): Promise<string>
  /** Keeps a value out of the log. */
  setSecret(value: string): void
  /** Gets the token, and the credentials of the session. */
  readonly secrets: Secrets
  /** Whether the job may ask for tokens at all (`permissions: id-token: write`). */
  readonly available: boolean
}

export type AssumeRole = (role: RoleToAssume, webIdentityToken: string) => Promise<Lease>

/**
 * Opens a new session of a role, with a fresh OIDC token of the job.
 *
 * @throws CredentialsFailure when GitHub gives no token, or STS gives no session
 */
export async function openSession(
  role: RoleToAssume,
  tokens: TokenSource,
  assumeRole: AssumeRole,
  clock: Clock,
): Promise<Lease> {
  const { audience, roleArn } = role
  const permitted = tokens.available
  if (!permitted) throw new CredentialsFailure({ kind: 'oidc-token', permitted })
  const token = await timedStep(clock, (signal) => tokens.getIdToken(audience, signal)).catch((error) => {
    throw new CredentialsFailure({ kind: 'oidc-token', permitted }, error)
  })
  tokens.secrets.add(token)
  tokens.setSecret(token)
  const session = await timedStep(clock, () => assumeRole(role, token)).catch((error) => {
    throw new CredentialsFailure({ kind: 'role', roleArn, audience }, error)
  })
  const { accessKeyId, secretAccessKey, sessionToken = '' } = session.credentials
  tokens.secrets.add(accessKeyId, secretAccessKey, sessionToken)
  for (const secret of [accessKeyId, secretAccessKey, sessionToken]) tokens.setSecret(secret)
  return session
}

/** Assumes roles through the SDK's own provider, which is loaded only when it is needed. */
export function assumeRoleThrough(clientConfig: ClientConfig, environment: NodeJS.ProcessEnv): AssumeRole {
  return async (role, webIdentityToken) => {
    const invalidSetting = invalidEndpointIn(environment, 'STS')
    if (invalidSetting !== null) throw new InvalidSetting(invalidSetting)
    const { fromWebToken } = await import('@aws-sdk/credential-provider-web-identity')
    let answer: unknown
    const session = await fromWebToken({
      roleArn: role.roleArn,
      roleSessionName: role.sessionName,
      durationSeconds: role.durationSeconds,
      webIdentityToken,
      clientConfig: { ...clientConfig, maxAttempts: 1 },
      clientPlugins: [
        {
          applyToStack: (stack) =>
            stack.add(
              (next) => async (args) => {
                const result = await next(args)
                answer = result.response
                return result
              },
              { step: 'deserialize' },
            ),
        },
      ],
    })()
    if (session.sessionToken === undefined) throw new Error('STS returned credentials without a session')
    // The SDK would compare the end with the machine's clock.
    const { expiration, ...credentials } = session
    return { credentials, lifetimeMs: lifetimeOf(expiration, answer, role) }
  }
}

/**
 * How long a session lasts, in milliseconds. It ends at its `expiration`, counted from AWS's own time in the answer, which is cut to full
 * seconds. If the answer has no time, the session lasts for the duration that was asked for.
 */
function lifetimeOf(expiration: Date | undefined, answer: unknown, { durationSeconds }: RoleToAssume): number {
  const answeredAt = Date.parse(String(field(field(answer, 'headers'), 'date')))
  const lifetimeMs = (expiration?.getTime() ?? Number.NaN) - answeredAt - 1_000
  return lifetimeMs > 0 ? lifetimeMs : durationSeconds * 1_000
}
