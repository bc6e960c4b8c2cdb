import { ServiceError } from './answers.ts'

/** A JSON object whose members are still to be checked. */
export type Members = Readonly<Record<string, unknown>>

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** What the service model (sso-admin 2020-07-20) allows in each member that is a string. */
const constraints = {
  InstanceArn: /^arn:aws(-[a-z]{1,5}){0,3}:sso:::instance\/(sso)?ins-[a-zA-Z0-9-.]{16}$/,
  PermissionSetArn:
    /^arn:aws(-[a-z]{1,5}){0,3}:sso:::permissionSet\/(sso)?ins-[a-zA-Z0-9-.]{16}\/ps-[a-zA-Z0-9-./]{16}$/,
  ProvisionPermissionSetRequestId: uuid,
  AccountAssignmentCreationRequestId: uuid,
  AccountAssignmentDeletionRequestId: uuid,
  TargetId: /^\d{12}$/,
  TargetType: /^(AWS_ACCOUNT|ALL_PROVISIONED_ACCOUNTS)$/,
  PrincipalType: /^(USER|GROUP)$/,
  PrincipalId: /^([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$/,
  RegionScope: /^(CURRENT_REGION|ALL_REGIONS)$/,
  ProvisioningStatus: /^LATEST_PERMISSION_SET_(NOT_)?PROVISIONED$/,
  Status: /^(IN_PROGRESS|FAILED|SUCCEEDED)$/,
  NextToken: /^[-a-zA-Z0-9+=/_]*$/,
}
export type MemberName = keyof typeof constraints

/** @throws ServiceError ValidationException, when the member is there and not what the service model allows */
export function optionalMember(members: Members, name: MemberName): string | undefined {
  const value = members[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && constraints[name].test(value)) return value
  throw invalid(name, value, `Member must satisfy regular expression pattern: ${constraints[name].source}`)
}

/** @throws ServiceError ValidationException, also when the member is missing */
export function requiredMember(members: Members, name: MemberName): string {
  const value = optionalMember(members, name)
  if (value === undefined) throw invalid(name, null, 'Member must not be null')
  return value
}

/** `MaxResults`, 1 to 100, 100 unless given. @throws ServiceError ValidationException */
export function maxResults(members: Members): number {
  const value = members['MaxResults'] ?? 100
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100) return value
  throw invalid('MaxResults', value, 'Member must have value between 1 and 100')
}

/** A ValidationException in AWS's words. */
export function invalid(name: string, value: unknown, constraint: string): ServiceError {
  const path = name.charAt(0).toLowerCase() + name.slice(1)
  const shown = value === null ? 'null' : `'${String(value)}'`
  return new ServiceError(
    'ValidationException',
    `1 validation error detected: Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`,
  )
}

/** @param what as in `PermissionSet arn:…` */
export function notFound(what: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `${what} was not found.`)
}
