import type { CallFailure } from '../../requests/api.ts'
import { type Goal, toTheEnd } from '../../requests/goal.ts'
import type { OperationName, RequestKey } from '../../requests/request.ts'
import { initialListAccess, type ListAccess } from './list-access.ts'
import { lacksDetails, type RequestState, unanswered } from './request-state.ts'
import type { Rollout } from './rollout.ts'

/** Everything known at one moment of the wait. Immutable: what an observation does not change is the same object as before. */
export interface Snapshot {
  readonly goal: Goal
  /** Milliseconds since the wait began, like all times in a snapshot. It does not change after the ending. */
  readonly elapsedMs: number
  /** In the order given. Those that a look has found come after them. */
  readonly requests: readonly RequestState[]
  /** The index of each request in `requests`, by its ID. */
  readonly positions: ReadonlyMap<string, number>
  /** The failure that prevents any answer of AWS at the moment; `null` if AWS answers. */
  readonly outage: Outage | null
  /** How many calls in a row got no answer. */
  readonly callsInVain: number
  readonly lists: Readonly<Record<OperationName, ListAccess>>
  /** What lists have shown apart from our requests. */
  readonly others: Others
  /** How far permission sets are in their accounts, by ARN. */
  readonly rollouts: ReadonlyMap<string, Rollout>
  /** For the goals `rolled-out` and `idle`: what the looks add up to. */
  readonly agreement: Agreement
  /** By the ARN of the permission set. */
  readonly names: ReadonlyMap<string, string>
  /** The ARNs of the permission sets whose names were asked for, with success or without. */
  readonly namesAskedFor: ReadonlySet<string>
  /** Looked up if access is denied; `null` if it is not known. */
  readonly primaryRegion: string | null
  /** Optional API actions that the role may not call, as in `sso:DescribePermissionSet`. */
  readonly dropped: ReadonlySet<string>
  /** At the end of the last look. */
  readonly progress: Progress
  readonly looks: number
  /** When the last look began. */
  readonly lookedAtMs: number
  /** How many times the log had no line for 30 s. */
  readonly heartbeats: number
  /** Why the wait is over; `null` while it goes on. */
  readonly ending: Ending | null
}

export type Ending = 'finished' | 'looked-once' | 'timed-out' | 'cancelled'

export interface Outage {
  readonly failure: CallFailure
  /** Since when a host name does not resolve; `null` if it does. */
  readonly absentSinceMs: number | null
  /** Whether no further call will be answered either. */
  readonly isFinal: boolean
}

/** Requests on the lists of requests in progress that the deploy did not give. */
export interface Others {
  /** Their operations, by ID. It is not known yet which permission sets they are about, or it does not matter. */
  readonly unidentified: ReadonlyMap<string, OperationName>
  /** What those are about that were asked about, by ID: a permission set, or `null` if AWS does not say. That never changes. */
  readonly subjects: ReadonlyMap<string, string | null>
  /** Why AWS does not say what they are about; `null` if it does. */
  readonly failure: CallFailure | null
}

/** What the looks at the state of an instance add up to. Immutable. Times are milliseconds since the wait began. */
export interface Agreement {
  /**
   * What the last look has seen that could read everything: something in progress; nothing in progress, but accounts behind; or neither.
   * `null` before the first such look.
   */
  readonly seen: 'in-progress' | 'behind' | 'done' | null
  /** Since when looks have seen the same, without a break. */
  readonly sinceMs: number
  /** Whether the wait can end with it. */
  readonly isSettled: boolean
}

export interface Progress {
  readonly ended: number
  readonly failed: number
  /** How many have left the list of requests in progress, and have no other answer about their end yet. */
  readonly unconfirmed: number
}

/** The snapshot before the first look. */
export function initialSnapshot(keys: readonly RequestKey[], goal = toTheEnd): Snapshot {
  return {
    goal,
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
    others: { unidentified: new Map(), subjects: new Map(), failure: null },
    rollouts: new Map(),
    agreement: { seen: null, sinceMs: 0, isSettled: false },
    names: new Map(),
    namesAskedFor: new Set(),
    primaryRegion: null,
    dropped: new Set(),
    progress: { ended: 0, failed: 0, unconfirmed: 0 },
    looks: 0,
    lookedAtMs: 0,
    heartbeats: 0,
    ending: null,
  }
}

/** A request by its ID; `undefined` if it is none of ours. */
export function requestOf({ positions, requests }: Snapshot, requestId: string): RequestState | undefined {
  return requests[positions.get(requestId) ?? -1]
}

/** Up to this many requests are all described at their end. Of more, only those that failed are. */
const maxDescribedEach = 50

/** The requests that have ended, and that a Describe still has to give the details of. */
export function lackingDetails(snapshot: Snapshot): RequestState[] {
  const all = wantsEveryDetail(snapshot)
  return snapshot.requests.filter(
    (request) => lacksDetails(request) && (all || (request.phase === 'ended' && request.status === 'FAILED')),
  )
}

/** Whether every request is to be described at its end. Only a Describe says which permission set is to be rolled out. */
export function wantsEveryDetail({ goal, requests }: Snapshot): boolean {
  return requests.length <= maxDescribedEach || goal.until === 'rolled-out'
}
