import {
  DescribeInstanceCommand,
  DescribePermissionSetCommand,
  ListAccountsForProvisionedPermissionSetCommand,
  ListPermissionSetsCommand,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin'
import { type Answer, type Api, type CallFailure, maxRowsOfPage } from '../requests/api.ts'
import { answerMembers, listMembers } from '../requests/request.ts'
import type { Clock } from '../wait/time/clock.ts'
import { abortable, withTimeLimit } from '../wait/time/deadline.ts'
import {
  readAccountIds,
  readDescription,
  readPermissionSetArns,
  readPermissionSetName,
  readPrimaryRegion,
  readRows,
} from './answers.ts'
import { attemptLimitMs, type Connection } from './connection.ts'
import { factsOf, field } from './errors/facts.ts'
import { failureFrom } from './errors/failure.ts'
import { type Call, operations, sending } from './operations.ts'

export interface IdentityCenterOptions {
  readonly connection: Connection
  readonly instanceArn: string
  readonly region: string
  readonly clock: Clock
  readonly debug: (message: string) => void
}

/** Whether AWS says that the session of the call has expired. A new one may help. If there were no credentials, the code says that too. */
const isExpiry = ({ code }: CallFailure) => /^ExpiredToken(Exception)?$/.test(code)

/** The API of an Identity Center instance, as polling needs it. Every outcome is a value, and every call ends in time. */
export function identityCenterApi({ connection, instanceArn, region, clock, debug }: IdentityCenterOptions): Api {
  const { secrets } = connection
  /** Whether the ambient credentials were read anew and no call has succeeded since. */
  let isRenewedInVain = false

  /** Makes one call, with a time limit, until the signal is aborted. Writes it to the debug log. */
  async function ask<T>(
    action: string,
    signal: AbortSignal,
    call: Call,
    read: (answer: object) => T,
  ): Promise<Answer<T>> {
    const { client } = connection
    const startedAtMs = clock.now()
    const took = () => `${Math.round(clock.now() - startedAtMs)} ms`
    try {
      // The SDK does not pass its signal on to credential providers, so `abortable` is needed too.
      const answer = await withTimeLimit(clock, attemptLimitMs, signal, (limited) =>
        abortable(limited, call(client, { abortSignal: limited })).catch((error) => {
          throw limited.aborted ? limited.reason : error
        }),
      )
      const value = read(answer)
      debug(`${action}: answered in ${took()}`)
      isRenewedInVain = false
      return { ok: true, value }
    } catch (error) {
      const { name, message } = factsOf(error, secrets)
      debug(`${action}: ${name}: ${message} after ${took()}`)
      const failure = failureFrom(error, { ...connection, action, instanceArn, region })
      return { ok: false, failure: isExpiry(failure) ? renew(client, failure) : failure }
    }
  }

  /**
   * Renews expired credentials, and says that the call is worth another attempt. Ambient credentials are renewed only once in a row,
   * because the chain may give the same ones again. Calls in flight at the same time expire together and count once: only the first of them
   * still finds its client in use.
   */
  function renew(client: SSOAdminClient, failure: CallFailure): CallFailure {
    if (client === connection.client) {
      if (connection.credentials === 'ambient' && isRenewedInVain) return failure
      isRenewedInVain = true
      connection.renewCredentials()
    }
    return { ...failure, effect: 'unclear' }
  }

  const page = (token: string | null) => ({
    InstanceArn: instanceArn,
    MaxResults: maxRowsOfPage,
    ...(token !== null && { NextToken: token }),
  })
  return {
    describe({ operation, requestId }, signal) {
      const { describe, describeAction } = operations[operation]
      return ask(describeAction, signal, describe(instanceArn, requestId), (answer) =>
        readDescription(field(answer, answerMembers[operation]), requestId),
      )
    },
    list(operation, status, token, signal) {
      const { list, listAction } = operations[operation]
      const call = list({ ...page(token), Filter: { Status: status } })
      return ask(listAction, signal, call, (answer) => readRows(answer, listMembers[operation]))
    },
    listAccounts({ permissionSetArn, onlyOutOfDate }, token, signal) {
      const call = new ListAccountsForProvisionedPermissionSetCommand({
        ...page(token),
        PermissionSetArn: permissionSetArn,
        ...(onlyOutOfDate && { ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' }),
      })
      return ask('sso:ListAccountsForProvisionedPermissionSet', signal, sending(call), readAccountIds)
    },
    listPermissionSets(token, signal) {
      const call = new ListPermissionSetsCommand(page(token))
      return ask('sso:ListPermissionSets', signal, sending(call), readPermissionSetArns)
    },
    permissionSetName(permissionSetArn, signal) {
      const call = new DescribePermissionSetCommand({ InstanceArn: instanceArn, PermissionSetArn: permissionSetArn })
      return ask('sso:DescribePermissionSet', signal, sending(call), readPermissionSetName)
    },
    // An instance can have replicas in other Regions, where calls about permission sets are refused.
    primaryRegion(signal) {
      const call = new DescribeInstanceCommand({ InstanceArn: instanceArn })
      return ask('sso:DescribeInstance', signal, sending(call), readPrimaryRegion)
    },
  }
}
