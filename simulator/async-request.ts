import { randomUUID } from 'node:crypto'
import type { FinalStatus, OperationName } from '../src/requests/request.ts'
import type { Course, Plan } from './settings.ts'

/** An asynchronous request as the instance keeps it; times are milliseconds since 1970. */
export type AsyncRequest = Readonly<ReturnType<typeof createRequest>>

const usualPrincipalId = '90e1a2b3c4-11112222-3333-4444-5555-666677778888'

/**
 * A request that goes as a plan says.
 *
 * @param accountsAt those that hold the permission set at a time, in the order in which a provisioning updates them
 * @param nowMs milliseconds since 1970
 */
export function createRequest(
  plan: Plan & Course & { readonly permissionSetArn: string },
  accountsAt: (atMs: number) => readonly string[],
  nowMs: number,
) {
  const { status: finalStatus, failureReason, seconds, accountsBehind, permissionSetArn, pace } = plan
  const operation = plan.operation ?? 'provision-permission-set'
  const isAssignment = operation !== 'provision-permission-set'
  const createdMs = nowMs + ((plan.beginsInSeconds ?? 0) - (plan.ageSeconds ?? 0)) * 1000
  const accountIds = accountsAt(createdMs)
  const accountId = plan.accountId ?? (isAssignment ? (accountIds[0] ?? '111122223333') : undefined)
  const targets = accountId === undefined ? accountIds : [accountId]
  const usuallyBehind = finalStatus === 'FAILED' ? Math.ceil(targets.length / 2) : 0
  const accountsReached = targets.length - Math.min(accountsBehind ?? usuallyBehind, targets.length)
  const failingAccount = targets[accountsReached] ?? targets.at(-1) ?? ''
  const isKnownLater = plan.beginsInSeconds !== undefined || plan.unknownForSeconds !== undefined
  return {
    operation,
    requestId: plan.requestId ?? randomUUID(),
    createdMs,
    /** Before, the API says that there is no such request. */
    knownMs: isKnownLater ? createdMs + (plan.unknownForSeconds ?? 0) * 1000 : Number.NEGATIVE_INFINITY,
    endsMs: createdMs + seconds * 1000,
    finalStatus,
    failureReason: finalStatus === 'FAILED' ? (failureReason ?? usualReason(operation, failingAccount)) : undefined,
    permissionSetArn,
    /** The one target account; undefined when all provisioned accounts are the target. */
    accountId,
    principalType: isAssignment ? (plan.principalType ?? 'GROUP') : undefined,
    principalId: isAssignment ? (plan.principalId ?? usualPrincipalId) : undefined,
    /** The accounts that it is for, in the order in which it updates them. */
    targets,
    /** How many of them it brings up to date before it ends. */
    accountsReached,
    /** Equal shares of its work: one for each account that it reaches, and one for the account that it fails at. */
    steps: accountsReached < targets.length ? accountsReached + 1 : targets.length,
    pace,
  }
}

export function statusOf({ endsMs, finalStatus }: AsyncRequest, atMs: number): FinalStatus | 'IN_PROGRESS' {
  return atMs < endsMs ? 'IN_PROGRESS' : finalStatus
}

/** Whether a provisioning has brought one of its targets up to date. `position` is that of the target, from 0. */
export function hasReached(request: AsyncRequest, position: number, atMs: number): boolean {
  const { accountsReached, createdMs, endsMs, pace, steps } = request
  const reachedMs = createdMs + (endsMs - createdMs) * pace((position + 1) / steps)
  return position < accountsReached && reachedMs <= atMs
}

/** Reasons that AWS was seen to give, in public issue trackers. */
function usualReason(operation: OperationName, accountId: string): string {
  switch (operation) {
    case 'provision-permission-set':
      return `Received a 404 status error: Permission set provision not found in AWS account ${accountId}.`
    case 'create-account-assignment':
      return `AWS SSO is unable to complete your request at this time. Obtaining permissions to manage your AWS account '${accountId}' is taking longer than usual. This is usually temporary. Please try again in a few minutes.`
    case 'delete-account-assignment':
      return 'Received a 404 status error: Assignment not found.'
  }
}
