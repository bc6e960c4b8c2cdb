import { ListAccountsForProvisionedPermissionSetCommand, type ProvisioningStatus } from '@aws-sdk/client-sso-admin'
import type { RequestResult } from '../verdict.ts'
import type { IdentityCenter } from './identity-center.ts'

export interface AccountProgress {
  readonly updated: number
  readonly total: number
}

/** The API's largest page. */
const pageSize = 100

/** How many accounts hold the latest version of a permission set, of all that hold any; `null` when that cannot be learnt. */
export async function accountProgress(
  identityCenter: IdentityCenter,
  permissionSetArn: string,
  signal: AbortSignal,
): Promise<AccountProgress | null> {
  const updated = await list(identityCenter, permissionSetArn, 'LATEST_PERMISSION_SET_PROVISIONED', signal)
  const behind = updated && (await accountsBehind(identityCenter, permissionSetArn, signal))
  return behind && { updated: updated.length, total: updated.length + behind.length }
}

/** The accounts that do not hold the latest version of a permission set; `null` when that cannot be learnt. */
async function accountsBehind(
  identityCenter: IdentityCenter,
  permissionSetArn: string,
  signal: AbortSignal,
): Promise<string[] | null> {
  return list(identityCenter, permissionSetArn, 'LATEST_PERMISSION_SET_NOT_PROVISIONED', signal)
}

/** The accounts that do not hold the latest version, sorted, for the ARN of each permission set that was not provisioned everywhere. */
export async function accountsStillBehind(
  identityCenter: IdentityCenter,
  results: readonly RequestResult[],
  signal: AbortSignal,
): Promise<Map<string, readonly string[]>> {
  const unfinished = results.filter(({ state }) => state.status !== 'SUCCEEDED')
  const permissionSets = new Set(unfinished.flatMap(({ state }) => state.permissionSetArn ?? []))
  const behind = new Map<string, readonly string[]>()
  for (const arn of permissionSets) {
    const accounts = new Set(await accountsBehind(identityCenter, arn, signal))
    if (accounts.size > 0) behind.set(arn, [...accounts].sort())
  }
  return behind
}

async function list(
  identityCenter: IdentityCenter,
  permissionSetArn: string,
  status: ProvisioningStatus,
  signal: AbortSignal,
): Promise<string[] | null> {
  const accounts: string[] = []
  let token: string | undefined
  do {
    const page = await identityCenter.optional(
      'sso:ListAccountsForProvisionedPermissionSet',
      signal,
      (client, abortSignal) =>
        client.send(
          new ListAccountsForProvisionedPermissionSetCommand({
            InstanceArn: identityCenter.instanceArn,
            PermissionSetArn: permissionSetArn,
            ProvisioningStatus: status,
            MaxResults: pageSize,
            NextToken: token,
          }),
          { abortSignal },
        ),
    )
    if (page === null) return null
    accounts.push(...accountIdsIn(page.AccountIds))
    token = page.NextToken
  } while (token)
  return accounts
}

function accountIdsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((id): id is string => typeof id === 'string' && /^\d{12}$/.test(id)) : []
}
