import { createHmac, randomBytes } from 'node:crypto'
import { ServiceError } from './answers.ts'
import { isMembers } from './members.ts'

const lifetimeSeconds = 300

/** The job's OIDC tokens, as GitHub issues them and as an identity provider checks them. */
export interface TokenIssuer {
  /** What the job shows to be given a token. */
  requestToken: string
  /** A JWT that lives 5 minutes. */
  issue(audience: string): string
  /** The token's subject. @throws ServiceError InvalidIdentityToken or ExpiredTokenException */
  verify(token: string, audience: string): string
}

/** @param now milliseconds since 1970 */
export function createTokenIssuer(issuer: string, now: () => number): TokenIssuer {
  const secret = randomBytes(32)
  const sign = (content: string) => createHmac('sha256', secret).update(content).digest('base64url')

  return {
    requestToken: randomBytes(24).toString('base64url'),
    issue(audience) {
      const issuedAt = Math.floor(now() / 1000)
      const claims = {
        iss: issuer,
        sub: 'repo:octo-org/octo-repo:ref:refs/heads/main',
        aud: audience,
        iat: issuedAt,
        exp: issuedAt + lifetimeSeconds,
      }
      const content = [{ alg: 'HS256', typ: 'JWT' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
      return `${content}.${sign(content)}`
    },
    verify(token, audience) {
      const [header = '', payload = '', signature] = token.split('.')
      if (signature !== sign(`${header}.${payload}`)) {
        throw new ServiceError('InvalidIdentityToken', 'The token was not issued by the identity provider of the role.')
      }
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
      if (!isMembers(claims) || claims['aud'] !== audience) {
        throw new ServiceError('InvalidIdentityToken', 'Incorrect token audience')
      }
      if (Number(claims['exp']) * 1000 <= now()) {
        throw new ServiceError('ExpiredTokenException', 'Token must be valid for at least one second: it has expired.')
      }
      return String(claims['sub'])
    },
  }
}
