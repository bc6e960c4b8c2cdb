import type { Description, OperationName, RequestKey, Row } from '../request.ts'
import type { Answer, Trouble } from './api.ts'
import { initialListAccess, type ListAccess, type ListOutcome } from './list-access.ts'
import { isUnfinished, lacksDetails, type RequestState, unanswered } from './request-state.ts'

/** Everything known at one moment of the wait. Immutable: what an observation does not change is the same object as before. */
export interface Snapshot {
  /** Milliseconds since the wait began, like all times in a snapshot. It does not change after the ending. */
  readonly elapsedMs: number
  /** In the order given. */
  readonly requests: readonly RequestState[]
  /** The index of each request in `requests`, by its ID. */
  readonly positions: ReadonlyMap<string, number>
  /** The trouble that prevents any answer of AWS at the moment; `null` if AWS answers. */
  readonly outage: Outage | null
  /** How many calls in a row got no answer. */
  readonly callsInVain: number
  readonly lists: Readonly<Record<OperationName, ListAccess>>
  /** The count of accounts that hold the latest version, by the ARN of the permission set. */
  readonly accounts: ReadonlyMap<string, AccountCount>
  /** By the ARN of the permission set. */
  readonly names: ReadonlyMap<string, string>
  /** The ARNs of the permission sets whose names were asked for, with success or without. */
  readonly namesAskedFor: ReadonlySet<string>
  /** When accounts were last counted; `null` before the first time. */
  readonly countedAtMs: number | null
  /** The accounts that do not hold the latest version, by the ARN of the permission set; looked up for the report. */
  readonly accountsBehind: ReadonlyMap<string, readonly string[]>
  /** Looked up if access is denied; `null` if it is not known. */
  readonly primaryRegion: string | null
  /** Optional API actions that the role may not call, as in `sso:DescribePermissionSet`. */
  readonly dropped: ReadonlySet<string>
  /** At the end of the last look. */
  readonly progress: Progress
  readonly looks: number
  /** When the log last had news, or a heartbeat. */
  readonly quietSinceMs: number
  /** How many times 30 s went by without news. */
  readonly heartbeats: number
  /** Why the wait is over; `null` while it goes on. */
  readonly ending: Ending | null
}

export type Ending = 'finished' | 'looked-once' | 'timed-out' | 'cancelled'

export interface Outage {
  readonly trouble: Trouble
  /** Since when a host name does not resolve; `null` if it does. */
  readonly absentSinceMs: number | null
}

export interface AccountCount {
  readonly latest: number
  readonly total: number
}

export interface Progress {
  readonly ended: number
  readonly failed: number
  /** How many have left the list of requests in progress, and have no other answer about their end yet. */
  readonly unconfirmed: number
}

/** What one call, or the passing of time, has brought. */
export type Observation =
  | { readonly kind: 'described'; readonly key: RequestKey; readonly answer: Answer<Description> }
  | Listed
  | { readonly kind: 'named'; readonly permissionSetArn: string; readonly answer: Answer<string> }
  | { readonly kind: 'counted'; readonly permissionSetArn: string; readonly answer: Answer<AccountCount> }
  | { readonly kind: 'behind'; readonly permissionSetArn: string; readonly answer: Answer<readonly string[]> }
  | { readonly kind: 'primary-region'; readonly answer: Answer<string> }
  | { readonly kind: 'looked'; readonly unconfirmed: number }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'over'; readonly ending: Ending }

/** What one list shows about our requests. */
export interface Listed extends ListOutcome {
  readonly kind: 'listed'
  readonly operation: OperationName
  readonly rows: readonly Row[]
}

/** The IAM actions of optional calls. */
export const nameAction = 'sso:DescribePermissionSet'
export const listAccountsAction = 'sso:ListAccountsForProvisionedPermissionSet'

/** The snapshot before the first look. */
export function initialSnapshot(keys: readonly RequestKey[]): Snapshot {
  return {
    elapsedMs: 0,
    requests: keys.map(unanswered),
    positions: new Map(keys.map(({ requestId }, position) => [requestId, position])),
    outage: null,
    callsInVain: 0,
    lists: {
      'provision-permission-set': initialListAccess,
      'create-account-assignment': initialListAccess,
      'delete-account-assignment': initialListAccess,
    },
    accounts: new Map(),
    names: new Map(),
    namesAskedFor: new Set(),
    countedAtMs: null,
    accountsBehind: new Map(),
    primaryRegion: null,
    dropped: new Set(),
    progress: { ended: 0, failed: 0, unconfirmed: 0 },
    looks: 0,
    quietSinceMs: 0,
    heartbeats: 0,
    ending: null,
  }
}

/** Whether there is nothing left to ask: every request has ended or is given up, with its details, or, for `wait: false`, has a status. */
export function isSettled(snapshot: Snapshot, untilFinished: boolean): boolean {
  const isKnown = (request: RequestState) =>
    !isUnfinished(request) || (!untilFinished && request.phase !== 'unanswered')
  return snapshot.requests.every(isKnown) && lackingDetails(snapshot).length === 0
}

/** Whether every request has ended or was given up. */
export function hasFinished({ requests }: Snapshot): boolean {
  return !requests.some(isUnfinished)
}

/** Up to this many requests are all described at their end. Of more, only those that failed are. */
const maxDescribedEach = 50

/** The requests that have ended, and that a Describe still has to give the details of. */
export function lackingDetails({ requests }: Snapshot): RequestState[] {
  const all = requests.length <= maxDescribedEach
  return requests.filter(
    (request) => lacksDetails(request) && (all || (request.phase === 'ended' && request.status === 'FAILED')),
  )
}

/** Whether every request is to be described at its end. */
export function wantsEveryDetail({ requests }: Snapshot): boolean {
  return requests.length <= maxDescribedEach
}
