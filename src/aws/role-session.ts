import type { SSOAdminClientConfig } from '@aws-sdk/client-sso-admin'
import type { RoleToAssume } from '../inputs.ts'
import { abortable } from '../polling/clock.ts'
import { CredentialsFailure, factsOf } from './errors.ts'

/** What the runner provides for OpenID Connect. */
export interface TokenSource {
  /** A fresh OIDC token of this job. Rejects when the runner does not give one. */
  getIdToken(audience: string): Promise<string>
  /** Keeps a value out of the log. */
  setSecret(value: string): void
  /** Whether the job may ask for tokens at all (`permissions: id-token: write`). */
  readonly available: boolean
}

export interface Session {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

export type AssumeRole = (role: RoleToAssume, webIdentityToken: string) => Promise<Session>

/** Renews a session well before its end: 5 minutes, as the SDK does, or a tenth of its life where that is shorter. */
const renewBeforeEndMs = 300_000
const renewBeforeEndShare = 0.1
/** Less than an attempt of a call may take, so that each has a renewal of its own. */
const idTokenLimitMs = 8_000

/**
 * Credentials of a role that the job assumes with its OIDC token, renewed for as long as they are asked for.
 *
 * While the present session is still good, a failure to renew it is not one: the next call tries again.
 */
export class RoleSession {
  readonly #role: RoleToAssume
  readonly #tokens: TokenSource
  readonly #assumeRole: AssumeRole
  #session: Session | null = null
  #renewAt = 0
  #renewal: Promise<Session> | null = null

  constructor(role: RoleToAssume, tokens: TokenSource, assumeRole: AssumeRole) {
    this.#role = role
    this.#tokens = tokens
    this.#assumeRole = assumeRole
  }

  /**
   * The session's credentials, for the SDK to sign with.
   *
   * @throws CredentialsFailure when there is no session and none can be had.
   */
  readonly provide = async (): Promise<Session> => {
    const current = this.#session
    if (current !== null && Date.now() < this.#renewAt) return current
    try {
      return await this.#renewOnce()
    } catch (error) {
      if (current !== null && current === this.#session && Date.now() < current.expiration.getTime()) return current
      throw error
    }
  }

  /** Forgets the session, as AWS says that it is over. */
  discard(): void {
    this.#session = null
  }

  /** Calls that need a session at the same time share one renewal. */
  #renewOnce(): Promise<Session> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  async #renew(): Promise<Session> {
    const token = await this.#idToken()
    const session = await this.#assume(token)
    for (const secret of [session.accessKeyId, session.secretAccessKey, session.sessionToken])
      this.#tokens.setSecret(secret)
    const endsAt = session.expiration.getTime()
    this.#renewAt = endsAt - Math.min(renewBeforeEndMs, (endsAt - Date.now()) * renewBeforeEndShare)
    this.#session = session
    return session
  }

  async #idToken(): Promise<string> {
    if (!this.#tokens.available) {
      throw new CredentialsFailure(
        'refused',
        'The job may not ask for an OIDC token, which role-to-assume needs',
        "Add 'permissions: id-token: write' to the job (with 'contents: read' where it checks out code). Workflows called from another need it from the caller too, and pull requests from forks never have it.",
      )
    }
    try {
      // The toolkit takes no signal; a token service that hangs is left alone, and the next attempt asks anew.
      return await abortable(AbortSignal.timeout(idTokenLimitMs), this.#tokens.getIdToken(this.#role.audience))
    } catch (error) {
      // core.getIDToken tells the status in its message alone.
      const status = Number(/Error Code\s*:\s*(\d{3})/.exec(factsOf(error).message)?.[1])
      const refused = status >= 400 && status < 500 && status !== 408 && status !== 429
      throw new CredentialsFailure(
        refused ? 'refused' : 'unclear',
        `GitHub gave no OIDC token (${Number.isNaN(status) ? oneLine(factsOf(error).message) : `HTTP ${status}`})`,
        "Check 'permissions: id-token: write', and that the runner reaches GitHub's token service, through the proxy if there is one.",
        error,
      )
    }
  }

  async #assume(token: string): Promise<Session> {
    try {
      return await this.#assumeRole(this.#role, token)
    } catch (error) {
      throw failureOfSts(error, this.#role)
    }
  }
}

/** Errors of AssumeRoleWithWebIdentity (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html). */
function failureOfSts(error: unknown, role: RoleToAssume): unknown {
  const { name, message } = factsOf(error)
  const refused = (remedy: string) =>
    new CredentialsFailure(
      'refused',
      `The role ${role.roleArn} could not be assumed (${name}: ${message})`,
      remedy,
      error,
    )
  switch (name) {
    case 'AccessDenied':
    case 'AccessDeniedException':
      return refused(
        "Check that 'role-to-assume' exists and that its trust policy lets this repository, branch or environment in: the conditions on token.actions.githubusercontent.com:sub and :aud must match the job's.",
      )
    case 'InvalidIdentityToken':
    case 'InvalidIdentityTokenException':
      return refused(
        `Check that the role's account has an OIDC identity provider for token.actions.githubusercontent.com, and that it lists the audience '${role.audience}'.`,
      )
    case 'ValidationError':
      return refused(
        "Check 'role-duration-seconds': it may not exceed the role's maximum session duration. Check 'role-to-assume' and 'role-session-name'.",
      )
    case 'RegionDisabledException':
      return refused("Activate STS in this Region in the role's account, or check 'aws-region'.")
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'IDPCommunicationError':
    case 'IDPCommunicationErrorException':
      // Every attempt brings a fresh token, and AWS asks to try again when it could not reach GitHub.
      return new CredentialsFailure('unclear', `The role could not be assumed yet (${name}: ${message})`, '', error)
    default:
      return error
  }
}

/** STS through the SDK's own provider, loaded only when a role is to be assumed. */
export function assumeRoleThrough(
  clientConfig: Pick<SSOAdminClientConfig, 'region' | 'requestHandler' | 'customUserAgent'>,
): AssumeRole {
  return async (role, webIdentityToken) => {
    const { fromWebToken } = await import('@aws-sdk/credential-provider-web-identity')
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await fromWebToken({
      roleArn: role.roleArn,
      roleSessionName: role.sessionName,
      durationSeconds: role.durationSeconds,
      webIdentityToken,
      clientConfig: { ...clientConfig, maxAttempts: 1 },
    })()
    if (sessionToken === undefined || expiration === undefined)
      throw new Error('STS returned credentials without a session')
    return { accessKeyId, secretAccessKey, sessionToken, expiration }
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
