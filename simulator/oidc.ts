import { randomBytes } from 'node:crypto'
import { ServiceError } from './answers.ts'

const lifetimeMs = 300_000
const subject = 'repo:octo-org/octo-repo:ref:refs/heads/main'

/** The job's OIDC tokens, as GitHub issues them and as an identity provider checks them. */
export class TokenIssuer {
  /** What the job shows to be given a token. */
  readonly requestToken = randomBytes(24).toString('base64url')
  readonly #issued = new Map<string, { readonly audience: string; readonly expiresMs: number }>()
  readonly #now: () => number

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now
  }

  /** A JWT that lives 5 minutes. Nobody reads more of it than its subject and its audience. */
  issue(audience: string): string {
    const parts = [
      { alg: 'HS256', typ: 'JWT' },
      { sub: subject, aud: audience },
    ].map((part) => JSON.stringify(part))
    const token = [...parts, randomBytes(32)].map((part) => Buffer.from(part).toString('base64url')).join('.')
    this.#issued.set(token, { audience, expiresMs: this.#now() + lifetimeMs })
    return token
  }

  /** The token's subject. @throws ServiceError InvalidIdentityToken or ExpiredTokenException */
  verify(token: string, audience: string): string {
    const issued = this.#issued.get(token)
    if (issued === undefined) {
      throw new ServiceError('InvalidIdentityToken', 'The token was not issued by the identity provider of the role.')
    }
    if (issued.audience !== audience) throw new ServiceError('InvalidIdentityToken', 'Incorrect token audience')
    if (issued.expiresMs <= this.#now()) {
      throw new ServiceError('ExpiredTokenException', 'Token must be valid for at least one second: it has expired.')
    }
    return subject
  }
}
