import { type Answer, ServiceError, xmlAnswer } from './answers.ts'
import type { Identities } from './identities.ts'
import type { TokenIssuer } from './oidc.ts'
import type { Settings } from './settings.ts'

/**
 * `AssumeRoleWithWebIdentity`: temporary credentials in exchange for the job's OIDC token.
 *
 * @param nowMs milliseconds since 1970
 * @throws ServiceError with STS's code for a malformed parameter, another role, or a token that the role does not trust
 */
export function assumeRoleWithWebIdentity(
  parameters: URLSearchParams,
  settings: Settings,
  tokens: TokenIssuer,
  identities: Identities,
  nowMs: number,
): Answer {
  const roleArn = parameters.get('RoleArn') ?? ''
  const sessionName = parameters.get('RoleSessionName') ?? ''
  const durationSeconds = Number(parameters.get('DurationSeconds') ?? 3600)

  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw invalid(`Value '${sessionName}' at 'roleSessionName' must satisfy the pattern [\\w+=,.@-]{2,64}`)
  }
  if (!Number.isInteger(durationSeconds) || durationSeconds < 900 || durationSeconds > 43_200) {
    throw invalid(`Value '${durationSeconds}' at 'durationSeconds' must be from 900 to 43200`)
  }
  const subject = tokens.verify(parameters.get('WebIdentityToken') ?? '', settings.audience)
  if (roleArn !== settings.roleArn) {
    throw new ServiceError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
  }
  if (durationSeconds > settings.maxSessionSeconds) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  }

  const expiresMs = nowMs + (settings.sessionSeconds ?? durationSeconds) * 1000
  const identity = identities.assume(roleArn, sessionName, expiresMs)
  const { accessKeyId, secretAccessKey, sessionToken } = identity
  const answer = xmlAnswer({
    AssumeRoleWithWebIdentityResponse: {
      AssumeRoleWithWebIdentityResult: {
        Audience: settings.audience,
        AssumedRoleUser: { AssumedRoleId: `${roleId}:${sessionName}`, Arn: identity.arn },
        SubjectFromWebIdentityToken: subject,
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(expiresMs).toISOString(),
        },
      },
    },
  })
  return { ...answer, secrets: [accessKeyId, secretAccessKey, sessionToken] }
}

const roleId = 'AROAIOSFODNN7EXAMPLE'
const invalid = (message: string) => new ServiceError('ValidationError', message)
