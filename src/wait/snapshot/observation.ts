import type { Answer } from '../../requests/api.ts'
import type { Description, OperationName, RequestKey, Row } from '../../requests/request.ts'
import type { ListOutcome } from './list-access.ts'
import type { AccountList } from './rollout.ts'
import type { Ending } from './snapshot.ts'

/** What one call, or the passing of time, has brought. */
export type Observation =
  | { readonly kind: 'described'; readonly key: RequestKey; readonly answer: Answer<Description> }
  | Listed
  /** The Describe of a request that a list has shown, and that was not known before. */
  | { readonly kind: 'identified'; readonly key: RequestKey; readonly answer: Answer<Description> }
  | AccountsListed
  | { readonly kind: 'named'; readonly permissionSetArn: string; readonly answer: Answer<string> }
  | { readonly kind: 'primary-region'; readonly answer: Answer<string> }
  | Looked
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'over'; readonly ending: Ending }

/** The accounts of a permission set. */
export interface AccountsListed {
  readonly kind: 'accounts'
  readonly permissionSetArn: string
  readonly answer: Answer<AccountList>
  /** When the first call for it was made. Several pages take time, and show what was so before. */
  readonly startedAtMs: number
}

/** What one list shows. */
export interface Listed extends ListOutcome {
  readonly kind: 'listed'
  readonly operation: OperationName
  /** Our requests on it, without those that are still in progress, as before. */
  readonly rows: readonly Row[]
  /** The IDs of the other requests on it. Empty unless the wait has to know them. */
  readonly others: readonly string[]
  /** Whether it was read to its end. */
  readonly isWhole: boolean
}

/** The end of a look. */
export interface Looked {
  readonly kind: 'looked'
  /** As in `Progress`. */
  readonly unconfirmed: number
  readonly startedAtMs: number
  /**
   * Whether every list of requests in progress was read that the goal needs and the role may read. A list that shows a request in progress
   * that has ended is out of date, and does not count: it lacks what has begun since.
   */
  readonly hasReadLists: boolean
}

/** The IAM actions of calls that are optional for some goals. */
export const nameAction = 'sso:DescribePermissionSet'
export const listAccountsAction = 'sso:ListAccountsForProvisionedPermissionSet'
