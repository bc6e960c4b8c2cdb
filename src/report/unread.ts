import { operations } from '../aws/operations.ts'
import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import type { Unread } from '../wait/rules.ts'
import { listAccountsAction, listPermissionSetsAction } from '../wait/state/observation.ts'
import { type Names, permissionSetLabel } from './subject.ts'

/** Why something else than a request could not be read. Each failure once, in a message that says what was asked. */
export function failuresOf(unread: readonly Unread[], names: Names): CallFailure[] {
  const failures = unread.map((each) => withSubject(each, names))
  // What every call meets is the same failure, whatever was asked.
  const keyOf = ({ code, message, scope }: CallFailure) => (scope === 'every-call' ? code : message)
  return [...Map.groupBy(failures, keyOf).values()].flatMap(([first]) => first ?? [])
}

/** The failure, in a message that says what was asked, if AWS's answer does not say it. */
function withSubject({ failure, operation, permissionSetArn, what }: Unread, names: Names): CallFailure {
  const { describeAction, listAction } = operations[operation]
  const label = permissionSetArn === null ? '' : ` of ${permissionSetLabel(permissionSetArn, names)}`
  const asked = {
    accounts: `for the accounts${label} (${listAccountsAction})`,
    'permission-sets': `for the permission sets of the instance (${listPermissionSetsAction})`,
    list: `for the list of requests in progress (${listAction})`,
    subject: `which permission set a request is about (${describeAction})`,
    anything: null,
  }[what]
  const isSaid = asked === null || failure.scope === 'request' || isAccessDenied(failure)
  return isSaid ? failure : { ...failure, message: `${failure.message}, when asked ${asked}` }
}
