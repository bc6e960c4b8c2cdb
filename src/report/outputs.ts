import type { OperationName } from '../request.ts'
import { agreedOf, createdDateOf, failureReasonOf, type RequestResult, statusOf } from '../verdict.ts'
import { everyAccountBehind, type Outcome } from './outcome.ts'

/** Every output by its name in `action.yml`. AWS's text is in them verbatim. */
export function outputsOf(outcome: Outcome): Record<string, string> {
  const { verdict, operation, results, elapsedMs } = outcome
  return {
    verdict,
    status: statusOf(results) ?? '',
    'failure-reason': failureReasonOf(results),
    'created-date': createdDateOf(results)?.toISOString() ?? '',
    'permission-set-arn': agreedOf(results, 'permissionSetArn') ?? '',
    'account-id': agreedOf(results, 'accountId') ?? '',
    'accounts-behind': JSON.stringify(everyAccountBehind(outcome)),
    'elapsed-seconds': (elapsedMs / 1_000).toFixed(3),
    results: JSON.stringify(results.map((result) => resultObject(result, operation))),
  }
}

function resultObject({ state, error }: RequestResult, operation: OperationName) {
  const { requestId, status, failureReason, createdDate, permissionSetArn, accountId, principalId, principalType } =
    state
  return {
    requestId,
    operation,
    status,
    failureReason,
    createdDate: createdDate?.toISOString() ?? null,
    permissionSetArn,
    accountId,
    principalId,
    principalType,
    error,
  }
}
