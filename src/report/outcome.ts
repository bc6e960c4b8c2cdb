import { wrongRegion } from '../aws/errors/advice.ts'
import { factsOf } from '../aws/errors/facts.ts'
import { isAccessDenied, type Trouble } from '../polling/api.ts'
import { isUnreadable, type RequestState, statusOf } from '../polling/request-state.ts'
import type { Ending, Snapshot } from '../polling/snapshot.ts'
import { type Verdict, verdictOf } from '../polling/verdict.ts'

/** How the wait ended, with all that the report says about it. */
export interface Outcome {
  readonly verdict: Verdict
  readonly region: string
  /** In the order given. */
  readonly requests: readonly RequestState[]
  /** Why the wait ended; `null` if there was no wait, because the inputs are wrong or the action has a defect. */
  readonly ending: Ending | null
  /** The trouble that prevented answers of AWS when the wait ended, or a defect of the action; `null` if AWS answered. */
  readonly outage: Trouble | null
  /** The IDs of the accounts that do not hold the latest version, by the ARN of the permission set. Only provisionings count. */
  readonly accountsBehind: ReadonlyMap<string, readonly string[]>
  /** Names of permission sets, by ARN, as far as they are known. */
  readonly names: ReadonlyMap<string, string>
  /** Wall-clock time at which the wait began. */
  readonly startedAt: Date
  readonly elapsedMs: number
  /** What is wrong with the inputs or with the action itself. */
  readonly problems: readonly string[]
}

/** The outcome of a wait that is over. */
export function outcomeOf(last: Snapshot, region: string, startedAt: Date): Outcome {
  const { accountsBehind, elapsedMs, ending, names, outage, primaryRegion, requests } = last
  const inWrongRegion = (request: RequestState): RequestState =>
    primaryRegion !== null && request.obstacle !== null && isAccessDenied(request.obstacle.trouble)
      ? {
          ...request,
          obstacle: { ...request.obstacle, trouble: wrongRegion(request.obstacle.trouble, primaryRegion, region) },
        }
      : request
  return {
    verdict: verdictOf(last),
    region,
    requests: primaryRegion === null || primaryRegion === region ? requests : requests.map(inWrongRegion),
    ending,
    outage: outage?.trouble ?? null,
    accountsBehind,
    names,
    startedAt,
    elapsedMs,
    problems: [],
  }
}

/** The outcome when the inputs are wrong: AWS was not asked. */
export function invalidInputs(problems: readonly string[], startedAt: Date): Outcome {
  return {
    verdict: 'error',
    region: '',
    requests: [],
    ending: null,
    outage: null,
    accountsBehind: new Map(),
    names: new Map(),
    startedAt,
    elapsedMs: 0,
    problems,
  }
}

/** The outcome of an unexpected error, which is a defect of the action. The report still says what was known before it. */
export function internalError(error: unknown, before: Outcome): Outcome {
  const { name, message } = factsOf(error)
  const defect: Trouble = {
    effect: 'refused',
    scope: 'every-call',
    code: 'defect',
    title: 'The action failed unexpectedly',
    message: `The action failed unexpectedly (${name}: ${message})`,
    remedy: 'This is a defect of the action. Please report it, with the log of a run with debug logging on.',
  }
  return { ...before, verdict: 'error', ending: null, outage: defect, problems: [defect.message] }
}

/** The requests whose status is FAILED. */
export function failedOf({ requests }: Outcome): RequestState[] {
  return requests.filter((request) => statusOf(request) === 'FAILED')
}

/** The requests that were in progress when AWS last gave a status, and that were not given up. */
export function unfinishedOf({ requests }: Outcome): RequestState[] {
  return requests.filter(isInProgress)
}

/** The requests without a status, and those that were given up before their end. */
export function unreadOf({ requests }: Outcome): RequestState[] {
  return requests.filter((request) => request.phase !== 'ended' && !isInProgress(request))
}

function isInProgress(request: RequestState): boolean {
  return request.phase === 'in-progress' && !isUnreadable(request)
}

/** The most urgent requests first: failed, then unreadable, then unfinished, then succeeded. Each group is in the order given. */
export function byUrgency(requests: readonly RequestState[]): RequestState[] {
  return requests.toSorted((a, b) => urgencyOf(a) - urgencyOf(b))
}

function urgencyOf(request: RequestState): number {
  if (request.phase === 'ended') return request.status === 'FAILED' ? 0 : 3
  return isUnreadable(request) ? 1 : 2
}

/** The IDs of all accounts that are behind with any permission set, sorted. */
export function everyAccountBehind({ accountsBehind }: Outcome): string[] {
  return [...new Set([...accountsBehind.values()].flat())].sort()
}
