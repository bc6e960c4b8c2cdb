import { randomUUID } from 'node:crypto'
import { ServiceError } from './answers.ts'
import { handlers } from './handlers.ts'
import type { Instance } from './instance.ts'
import { type Members, notFound, requiredMember } from './members.ts'
import { createQuota } from './quota.ts'
import { createRuleFinder, type Subject } from './rules.ts'
import type { Settings } from './settings.ts'
import type { TamperedCall } from './tampers.ts'
import { requestIdOf } from './wire-names.ts'

/**
 * Performs one SSO Admin operation for a caller who has proved who they are.
 *
 * @throws ServiceError with AWS's code for a call that is throttled, denied, malformed or about nothing that exists
 */
export type SsoAdmin = (operation: string, input: Members, callerArn: string, call?: CallDetails) => object

interface CallDetails {
  /** How old the answer is; 0 unless given. */
  readonly byMs?: number
  /** A request that the call starts gets the same ID, as at AWS. */
  readonly httpRequestId?: string
}

/** The SSO Admin API of one instance. */
export function createSsoAdmin(settings: Settings, instance: Instance): SsoAdmin {
  const admit = createQuota(settings)
  const findTampers = createRuleFinder(settings.random)

  const perform = ({ operation, input, byMs }: TamperedCall, callerArn: string, requestId: string): object => {
    const handler = handlers.get(operation)
    if (!handler) throw new ServiceError('UnknownOperationException', `Unknown operation ${operation}`)
    admit()
    const isReplica = settings.primaryRegion !== settings.region
    const onReplica = ['DescribeInstance', 'ListInstances'].includes(operation)
    if (settings.deny.includes(`sso:${operation}`) || (isReplica && !onReplica)) {
      throw accessDenied(callerArn, operation, ...resourcesOf(input, instance, settings))
    }
    const instanceArn = operation === 'ListInstances' ? instance.arn : requiredMember(input, 'InstanceArn')
    const atMs = settings.now() - byMs
    if (instanceArn === instance.arn) return handler({ input, atMs, requestId, instance, settings })
    // The service model has no ResourceNotFoundException for this operation.
    if (operation === 'DescribeInstance') throw accessDenied(callerArn, operation, instanceArn)
    throw notFound(`Instance ${instanceArn}`)
  }

  return (operation, input, callerArn, { byMs = 0, httpRequestId = randomUUID() } = {}) => {
    const tampers = findTampers(settings.tampers, subjectOf(instance, operation, input, settings.now()))
    const answer = tampers.reduceRight<(call: TamperedCall) => object>(
      (next, { tamper }) =>
        (call) =>
          tamper(call, (changes) => next({ ...call, ...changes })),
      (call) => perform(call, callerArn, httpRequestId),
    )
    return answer({ operation, input, byMs })
  }
}

/** What rules look at in a call. @param at milliseconds, on a clock of the caller's choice */
export function subjectOf(instance: Instance, operation: string, input: Members, at: number): Subject {
  const requestId = requestIdOf(input)
  const { PermissionSetArn: named, NextToken: token } = input
  const permissionSetArn = typeof named === 'string' ? named : instance.requestOf(requestId)?.permissionSetArn
  return { operation, requestId, permissionSetArn, page: token == null ? 'first' : 'later', at }
}

/** The resources that the refusal of a call names. */
function resourcesOf({ PermissionSetArn }: Members, instance: Instance, { denialText }: Settings): string[] {
  if (denialText === 'empty') return []
  const isAboutAnother = denialText === 'every-resource' && typeof PermissionSetArn === 'string'
  return isAboutAnother ? [instance.arn, PermissionSetArn] : [instance.arn]
}

/** One denial for each resource, with a comma between them (https://github.com/binbashar/le-tf-infra-aws/pull/874). */
const accessDenied = (callerArn: string, operation: string, ...arns: string[]) => {
  const because = `because no identity-based policy allows the sso:${operation} action`
  const denials = arns.map(
    (arn) => `User: ${callerArn} is not authorized to perform: sso:${operation} on resource: ${arn} ${because}`,
  )
  return new ServiceError('AccessDeniedException', denials.join(', '))
}
