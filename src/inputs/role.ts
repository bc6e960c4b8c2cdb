import { type Environment, inputOf, parseNumber, wrongValue } from './input.ts'
import { all, map, type Parsed, right } from './parsed.ts'

/** The role that the action itself assumes with the job's OIDC token. */
export interface RoleToAssume {
  readonly roleArn: string
  readonly sessionName: string
  readonly durationSeconds: number
  readonly audience: string
}

// From the IAM and STS API references.
const roleArnFormat = /^arn:aws(-[a-z]{1,5}){0,3}:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/
const sessionNameFormat = /^[\w+=,.@-]{2,64}$/

/** @returns `null` if no role is given; the other inputs about the role are still checked */
export function parseRole(environment: Environment): Parsed<RoleToAssume | null> {
  const duration = { min: 900, max: 43_200, unit: 'seconds', whole: true }
  const arn = inputOf(environment, 'role-to-assume')
  const name = inputOf(environment, 'role-session-name') || defaultSessionName(environment)
  const parts = all({
    roleArn:
      arn === '' || roleArnFormat.test(arn)
        ? right(arn)
        : wrongValue('role-to-assume', arn, "it must be a role's ARN, as in arn:aws:iam::111122223333:role/deploy."),
    sessionName: sessionNameFormat.test(name)
      ? right(name)
      : wrongValue('role-session-name', name, 'it must be 2 to 64 letters, digits or _+=,.@- characters.'),
    durationSeconds: parseNumber(environment, 'role-duration-seconds', duration, 3_600),
  })
  const audience = inputOf(environment, 'audience') || 'sts.amazonaws.com'
  return map(parts, (role) => (arn === '' ? null : { ...role, audience }))
}

/** `github-<run id>-<run attempt>`; a run outside of GitHub Actions has neither. */
function defaultSessionName(environment: Environment): string {
  return `github-${environment['GITHUB_RUN_ID'] || 'local'}-${environment['GITHUB_RUN_ATTEMPT'] || '1'}`
}
