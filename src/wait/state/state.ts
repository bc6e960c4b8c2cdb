import type { CallFailure } from '../../requests/api.ts'
import type { OperationName, RequestKey } from '../../requests/request.ts'
import type { Judgement } from '../rules.ts'
import type { Blocker } from './blocker.ts'
import { Indexed } from './indexed.ts'
import { initialListAccess, type ListAccess } from './list-access.ts'
import { type PermissionSetState, unreadPermissionSet } from './permission-set-state.ts'
import { type Ended, lacksDetails, type RequestState, statusOf, unanswered } from './request-state.ts'

/**
 * Everything known at one moment of the wait. Immutable: what an observation does not change is the same object as before. Times are
 * milliseconds since the wait began.
 */
export interface State {
  /** When the last observation was made. It does not change any more once the wait is over. */
  readonly elapsedMs: number
  /** Whether the wait is over. What is observed after that only adds to the report. */
  readonly isOver: boolean
  readonly scope: Scope

  /** In the order given. Those of others that matter, because of their permission set, come after them. */
  readonly requests: Indexed<RequestState>
  /** The other requests on the lists of requests in progress, by ID, as the lists were last read. */
  readonly others: ReadonlyMap<string, Other>
  /** Requests of others that had ended before a look could see them, newest first. Read when accounts stay out of date. */
  readonly past: Past
  /** Those in the scope, and those whose accounts were counted. */
  readonly permissionSets: Indexed<PermissionSetState>
  /** The list of all permission sets of the instance. Read only if they are in the scope. */
  readonly instance: InstanceState

  readonly access: Access
  /** What the last look has found. */
  readonly judgement: Judgement
  readonly looks: number
  /** When the last look began. */
  readonly lookedAtMs: number
  /** At the end of the last look. */
  readonly progress: Progress

  /** The names of permission sets that were asked for, by ARN; `null` if there was no answer. Only log and report need them. */
  readonly names: ReadonlyMap<string, string | null>
  /** Looked up for the report if access is denied; `null` if it is not known. */
  readonly primaryRegion: string | null
}

/** What the wait has to know. It follows from the goal, and from the permission sets of the requests that were given. */
export interface Scope {
  /** The operations whose requests in progress it has to know, whoever started them. */
  readonly lists: readonly OperationName[]
  /** Whether all permission sets of the instance are in the scope. */
  readonly followsInstance: boolean
  /**
   * Whether the accounts of the permission sets in the scope have to be read. Then those of the provisionings that were given are in the
   * scope too.
   */
  readonly readsAccounts: boolean
  /** The ARNs of the permission sets in the scope. */
  readonly permissionSetArns: ReadonlySet<string>
  /** The IDs of accounts that never count. */
  readonly ignoredAccounts: ReadonlySet<string>
  /** Whether one answer of each is enough. Then AWS is believed at once if it says that something does not exist. */
  readonly isOneLook: boolean
}

/** A request of others in progress. */
export interface Other {
  readonly operation: OperationName
  readonly subject: Subject
  /** When it was last described, with an answer or without; `null` before the first time. */
  readonly askedAtMs: number | null
}

/** What is known of the permission set of a request. */
export type Subject =
  /** No Describe was answered yet. `failure`: why not; `null` if none was made. */
  | { readonly kind: 'unknown'; readonly failure: CallFailure | null }
  /** AWS has answered without naming it. */
  | { readonly kind: 'not-said' }
  /** The role may not read it. */
  | { readonly kind: 'denied'; readonly failure: CallFailure }
  | { readonly kind: 'known'; readonly permissionSetArn: string }

export interface InstanceState {
  /** When the last reading of the list began that was read whole; `null` if there was none. */
  readonly readAtMs: number | null
  /** The end of the first of the readings on end that showed no new permission set after it; `null` if there was none. */
  readonly sinceMs: number | null
  /** Why the last reading failed; `null` if it did not. */
  readonly blocker: Blocker | null
}

export interface Past {
  readonly requests: readonly Ended[]
  /** When the last reading began; `null` if there was none. */
  readonly readAtMs: number | null
  /** Whether the lists were read to their end, or back to a request that decides for each account that is out of date. */
  readonly isWhole: boolean
}

/** What keeps AWS's answers away. */
export interface Access {
  /** What keeps any answer away at the moment; `null` if AWS answers. */
  readonly everyCall: Blocker | null
  /** How many calls in a row got no answer. */
  readonly callsInVain: number
  readonly lists: Readonly<Record<OperationName, ListAccess>>
  /** Optional API actions that the role may not call, as in `sso:DescribePermissionSet`. */
  readonly dropped: ReadonlySet<string>
}

/** How many requests have ended. */
export interface Progress {
  readonly ended: number
  readonly failed: number
  /** How many have left the list of requests in progress, and have no other answer about their end yet. */
  readonly unconfirmed: number
}

/** The state before the first look. */
export function initialState(keys: readonly RequestKey[], scope: Scope): State {
  return {
    elapsedMs: 0,
    isOver: false,
    scope,
    requests: new Indexed<RequestState>(({ key }) => key.requestId).with(...keys.map(unanswered)),
    others: new Map(),
    past: { requests: [], readAtMs: null, isWhole: false },
    permissionSets: new Indexed<PermissionSetState>(({ arn }) => arn).with(
      ...[...scope.permissionSetArns].map((arn) => unreadPermissionSet(arn, scope.ignoredAccounts)),
    ),
    instance: { readAtMs: null, sinceMs: null, blocker: null },
    access: {
      everyCall: null,
      callsInVain: 0,
      lists: {
        'provision-permission-set': initialListAccess,
        'create-account-assignment': initialListAccess,
        'delete-account-assignment': initialListAccess,
      },
      dropped: new Set(),
    },
    judgement: {
      finding: 'partial',
      freeSinceMs: null,
      isSettled: false,
      settlesAtMs: null,
      permissionSets: new Map(),
    },
    looks: 0,
    lookedAtMs: 0,
    progress: { ended: 0, failed: 0, unconfirmed: 0 },
    names: new Map(),
    primaryRegion: null,
  }
}

export function permissionSetOf({ permissionSets, scope }: State, arn: string): PermissionSetState {
  return permissionSets.get(arn) ?? unreadPermissionSet(arn, scope.ignoredAccounts)
}

/** The permission sets in the scope. */
export function setsInScope(state: State): PermissionSetState[] {
  return [...state.scope.permissionSetArns].map((arn) => permissionSetOf(state, arn))
}

/** What is known of the permission set of a request of others. One that has come into the scope since is to be described again. */
export function subjectKindOf({ subject }: Other, { permissionSetArns }: Scope): Subject['kind'] {
  return subject.kind === 'known' && permissionSetArns.has(subject.permissionSetArn) ? 'unknown' : subject.kind
}

/** Whether AWS has given a status. Lists can be out of date. So if the goal needs a list, only the status of a Describe counts. */
export function hasStatus({ described, key, phase }: RequestState, { scope }: State): boolean {
  return phase !== 'unanswered' && (described || !scope.lists.includes(key.operation))
}

/** Up to this many requests are all described at their end. Of more, only those that failed are. */
const maxDescribedEach = 50

/** The requests that have ended, and that a Describe still has to give the details of. */
export function lackingDetails(state: State): RequestState[] {
  const all = wantsEveryDetail(state)
  return state.requests.items.filter((request) => lacksDetails(request) && (all || statusOf(request) === 'FAILED'))
}

/** Whether every request is to be described at its end. Only a Describe says which permission set it is about. */
export function wantsEveryDetail({ scope, requests }: State): boolean {
  return requests.size <= maxDescribedEach || scope.readsAccounts
}
