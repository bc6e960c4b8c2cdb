import { createHash } from 'node:crypto'
import { runAction } from '../../simulator/runner.ts'
import { type Plan, startSimulator } from '../../simulator/simulator.ts'

const names = [
  'SecurityAudit',
  'Billing',
  'DatabaseAdministrator',
  'NetworkAdministrator',
  'PowerUserAccess',
  'SupportUser',
  'DataScientist',
  'ReadOnlyAccess',
]
const requests = 20
const accounts = 12
/** When the deploy took the first request, and how long it took from one to the next. */
const firstAgeSeconds = 30
const betweenSeconds = 1.5
const timeoutMinutes = 0.45

/** Failure reasons that AWS is known to give, by the position of their request. */
const reasons = new Map([
  [2, 'Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/job-function/DatabaseAdministratr.'],
  [
    5,
    'Received a 403 status error: Access denied by IAM. User: arn:aws:sts::111122223339:assumed-role/AWSServiceRoleForSSO/SSO-Provisioning is not authorized to perform: iam:UpdateSAMLProvider on resource arn:aws:iam::111122223339:saml-provider/AWSSSO_5a1b2c3d4e5f6071_DO_NOT_DELETE',
  ],
  [10, 'Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/job-function/DatabaseAdministratr.'],
  [
    13,
    "AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account '111122223334' is taking longer than usual. This is usually temporary. Please try again in a few minutes.",
  ],
])
const neverEnding = 17

/** The summary that the action writes of a mixed set: most succeed, some fail, and one is not done at the deadline. */
export async function mixedSetSummary(): Promise<string> {
  const simulator = await startSimulator({
    accounts,
    faults: [{ operation: 'DescribePermissionSet', fault: { kind: 'patch', patch: named } }],
  })
  try {
    const ids = simulator.start(plan, requests)
    const { finished } = await runAction({
      inputs: {
        'instance-arn': simulator.instanceArn,
        'request-id': ids.join('\n'),
        'timeout-minutes': String(timeoutMinutes),
      },
      environment: simulator.environment(),
    })
    const { summary, outputs, stdout, stderr } = await finished
    if (outputs['verdict'] !== 'failed') throw new Error(`The set was to fail, but:\n${stdout}${stderr}`)
    return summary
  } finally {
    await simulator.close()
  }
}

function plan(index: number): Plan {
  const reason = reasons.get(index)
  const ageSeconds = firstAgeSeconds - index * betweenSeconds
  // Not in the order in which they were taken, as at AWS.
  const endsAfterSeconds = 1 + ((index * 7) % requests)
  return {
    requestId: requestId(index),
    ageSeconds,
    seconds: index === neverEnding ? 3600 : ageSeconds + endsAfterSeconds,
    permissionSetArn: `arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/${permissionSetId(index % names.length)}`,
    // Every other pass over the permission sets is about one account.
    ...(Math.floor(index / names.length) % 2 === 1 ? { accountId: String(111122223333 + (index % accounts)) } : {}),
    ...(reason === undefined ? {} : { status: 'FAILED', failureReason: reason }),
  }
}

/** The same in every picture, and as varied as those of AWS. */
function requestId(index: number): string {
  const hex = createHash('sha256').update(`request ${index}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

function permissionSetId(position: number): string {
  return `ps-7223b4c5d6e7f8${String(position).padStart(2, '0')}`
}

function named(answer: unknown): unknown {
  const permissionSet: unknown = Reflect.get(Object(answer), 'PermissionSet')
  const arn = String(Reflect.get(Object(permissionSet), 'PermissionSetArn'))
  const name = names.find((_, position) => arn.endsWith(permissionSetId(position)))
  return name === undefined ? answer : { PermissionSet: { ...Object(permissionSet), Name: name } }
}
