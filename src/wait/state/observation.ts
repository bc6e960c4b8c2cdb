import type { Answer, CallFailure } from '../../requests/api.ts'
import type { Description, OperationName, RequestKey, Row, Status } from '../../requests/request.ts'
import type { Judgement } from '../rules.ts'
import type { Past } from './state.ts'

/** What one call, or one look, has brought. */
export type Observation =
  | ({ readonly kind: 'described' } & Described)
  | Listed
  /** The Describes of requests that a list has shown, and that were not known before. */
  | { readonly kind: 'identified'; readonly answers: readonly Described[] }
  /**
   * The accounts of a permission set that are out of date. `startedAtMs`: when the first call was made. Several pages take time, and show what
   * was so before. `isOptional`: whether the wait can do without it. Then a failure changes nothing.
   */
  | {
      readonly kind: 'accounts'
      readonly permissionSetArn: string
      readonly answer: Answer<readonly string[]>
      readonly startedAtMs: number
      readonly isOptional: boolean
    }
  /** The ARNs of all permission sets of the instance. `startedAtMs`: when the first call was made. */
  | { readonly kind: 'permission-sets'; readonly answer: Answer<readonly string[]>; readonly startedAtMs: number }
  /** How many accounts hold a permission set in any version. */
  | { readonly kind: 'holders'; readonly permissionSetArn: string; readonly answer: Answer<readonly string[]> }
  | { readonly kind: 'past'; readonly past: Past }
  | { readonly kind: 'named'; readonly permissionSetArn: string; readonly answer: Answer<string> }
  | { readonly kind: 'primary-region'; readonly answer: Answer<string> }
  /** The end of a look. `unconfirmed` is as in `Progress`. */
  | { readonly kind: 'looked'; readonly startedAtMs: number; readonly unconfirmed: number }
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  | { readonly kind: 'over' }

export type ObservationOf<Kind extends Observation['kind']> = Extract<Observation, { readonly kind: Kind }>

/** A Describe of one request. */
export interface Described {
  readonly key: RequestKey
  readonly answer: Answer<Description>
}

/** What one list shows. */
export interface Listed {
  readonly kind: 'listed'
  readonly operation: OperationName
  readonly status: Status
  /** How many pages it has, as far as it was read; infinity if it is too long to read, and `null` if the look ended before that was known. */
  readonly pages: number | null
  /** Why it cannot be used; `null` if it can. */
  readonly failure: CallFailure | null
  /** Our requests on it, without those that are still in progress, as before. */
  readonly rows: readonly Row[]
  /** The IDs of the other requests on it that are in progress. Empty unless the wait has to know them. */
  readonly others: readonly string[]
  /** Whether it was read to its end, and every row of it could be used. */
  readonly isWhole: boolean
}

/** The IAM actions of calls that are optional for some goals. */
export const nameAction = 'sso:DescribePermissionSet'
export const listPermissionSetsAction = 'sso:ListPermissionSets'
export const listAccountsAction = 'sso:ListAccountsForProvisionedPermissionSet'
