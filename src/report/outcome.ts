import { factsOf } from '../aws/errors/facts.ts'
import { locatedFailure } from '../aws/errors/failure.ts'
import { unseenProgress } from '../goals/evidence.ts'
import { rulesOf } from '../goals/goal-rules.ts'
import { defect } from '../plain-report.ts'
import { type CallFailure, isAccessDenied } from '../requests/api.ts'
import { type Goal, toTheEnd } from '../requests/goal.ts'
import type { Verdict } from '../requests/verdict.ts'
import type { Secrets } from '../secrets.ts'
import { endingOf } from '../wait/ending.ts'
import type { PermissionSetFinding } from '../wait/rules.ts'
import { countingOutOfDate, type PermissionSetState } from '../wait/state/permission-set-state.ts'
import type { RequestState } from '../wait/state/request-state.ts'
import { initialState, permissionSetOf, type State } from '../wait/state/state.ts'
import type { Waited } from '../wait/wait.ts'
import { failuresOf } from './causes.ts'

/** How the wait ended, with all that the report says about it. */
export interface Outcome {
  readonly verdict: Verdict
  readonly region: string
  /** In the order given, then those of others that matter. */
  readonly requests: readonly RequestState[]
  /** What keeps AWS's answers away when the wait ended, or a defect of the action; `null` if AWS answered. */
  readonly outage: CallFailure | null
  readonly goal: Goal
  /** The permission sets that were to be rolled out. */
  readonly permissionSets: readonly PermissionSet[]
  /** The failed requests of others that explain why accounts are out of date. */
  readonly explainedBy: readonly RequestState[]
  /** How many requests of others were in progress at the end, as far as that matters and is known. */
  readonly othersInProgress: number
  /** Why the role may not see what is in progress; `null` if it may. */
  readonly unseenProgress: CallFailure | null
  /** Why something else than a request could not be read. */
  readonly failures: readonly CallFailure[]
  /** The accounts that do not hold the latest version, by the ARN of the permission set. Only provisionings count. */
  readonly outOfDate: ReadonlyMap<string, readonly string[]>
  /** How long before the last look the oldest of these was read, in milliseconds; 0 if that is less than {@link minAgeMs}. */
  readonly outOfDateAgeMs: number
  /** The ignored accounts that hold none of the permission sets; none if it is not known of all who holds them. */
  readonly ignoredInVain: readonly string[]
  /** Names of permission sets, by ARN, as far as they are known. */
  readonly names: ReadonlyMap<string, string | null>
  /** Wall-clock time at which the wait began. */
  readonly startedAt: Date
  readonly elapsedMs: number
  /** What is wrong with the inputs or with the action itself. */
  readonly problems: readonly string[]
}

/** Two readings that confirm each other are as far apart. What is not older than that is as good as new. */
const minAgeMs = 2_000

/** How far a permission set was when the wait ended. */
export interface PermissionSet {
  readonly arn: string
  /** The accounts that count and do not hold the latest version; `null` if that is not known. */
  readonly outOfDate: readonly string[] | null
  /** Whether accounts are out of date and nothing that is in progress will change that. */
  readonly staysOutOfDate: boolean
  /** How long before the end its accounts were last read, in milliseconds; `null` if they never were. */
  readonly readAgoMs: number | null
  /** The only accounts that count; `null` if all do. */
  readonly targets: readonly string[] | null
  /** How many accounts hold it in any version; `null` if they were not counted, or if not all of them count. */
  readonly total: number | null
  /** The accounts that are out of date and ignored. */
  readonly ignored: readonly string[]
}

/** The outcome of a wait that is over. */
export function outcomeOf({ ending, state }: Waited, goal: Goal, region: string, startedAt: Date): Outcome {
  const { access, names, others, primaryRegion, scope } = state
  const { explainedBy, verdict } = ending
  const located = (failure: CallFailure) => locatedFailure(failure, primaryRegion, region)
  const requests = [...new Set([...state.requests.items, ...explainedBy])]
  const outOfDate = hasOutOfDate.has(verdict) ? outOfDateIn(state) : []
  const ageMs = Math.max(0, ...outOfDate.map(({ readAtMs }) => state.lookedAtMs - (readAtMs ?? 0)))
  return {
    verdict,
    region,
    requests: requests.map((request) => {
      const { blocker } = request
      if (blocker === null || !isAccessDenied(blocker.failure)) return request
      return { ...request, blocker: { ...blocker, failure: located(blocker.failure) } }
    }),
    outage: access.everyCall?.failure ?? null,
    goal,
    permissionSets: [...state.judgement.permissionSets].map(([arn, finding]) => permissionSetIn(state, arn, finding)),
    explainedBy,
    othersInProgress: [...others.values()].filter(
      ({ subject }) => scope.permissionSetArns.size === 0 || subject.kind === 'not-said',
    ).length,
    unseenProgress: unseenProgress(state),
    failures: failuresOf(
      ending.unread.map((unread) => ({ ...unread, failure: located(unread.failure) })),
      names,
    ),
    outOfDate: new Map(outOfDate.map((permissionSet) => [permissionSet.arn, countingOutOfDate(permissionSet)])),
    outOfDateAgeMs: ageMs < minAgeMs ? 0 : ageMs,
    ignoredInVain: ignoredInVainIn(state),
    names,
    startedAt,
    elapsedMs: state.elapsedMs,
    problems: [],
  }
}

/** The outcome of an unexpected error, which is a defect of the action. It still has what was known before it. */
export function internalError(error: unknown, before: Outcome, secrets: Secrets): Outcome {
  const { name, message } = factsOf(error, secrets)
  const text = `${defect.title} (${name}: ${message})`
  const outage: CallFailure = { effect: 'refused', scope: 'every-call', code: 'defect', message: text, ...defect }
  return { ...before, verdict: 'error', outage, problems: [text] }
}

/** The outcome if AWS was not asked. `known`: what there is to say then, such as what is wrong with the inputs. */
export function notAsked(startedAt: Date, known: Partial<Outcome>): Outcome {
  const rules = rulesOf(toTheEnd)
  const state = initialState([], rules.scope)
  return { ...outcomeOf({ state, ending: endingOf(state, rules, false) }, toTheEnd, '', startedAt), ...known }
}

const hasOutOfDate: ReadonlySet<Verdict> = new Set(['failed', 'incomplete', 'timed-out'])

/** The permission sets with accounts that count and are out of date, as last read. */
function outOfDateIn({ permissionSets, scope }: State): PermissionSetState[] {
  const isDeleted = (arn: string) => scope.followsInstance && !scope.permissionSetArns.has(arn)
  return permissionSets.items.filter(
    (permissionSet) => !isDeleted(permissionSet.arn) && countingOutOfDate(permissionSet).length > 0,
  )
}

/** The ignored accounts that hold no permission set in the scope. */
function ignoredInVainIn(state: State): string[] {
  const { ignoredAccounts, permissionSetArns } = state.scope
  const holders = [...permissionSetArns].map((arn) => permissionSetOf(state, arn).holders)
  if (holders.length === 0 || holders.includes(null)) return []
  const held = new Set(holders.flatMap((each) => each?.ignored ?? []))
  return [...ignoredAccounts].filter((id) => !held.has(id))
}

function permissionSetIn(state: State, arn: string, { finding, isSettled }: PermissionSetFinding): PermissionSet {
  const permissionSet = permissionSetOf(state, arn)
  const { holders, readAtMs, targets } = permissionSet
  const outOfDate = countingOutOfDate(permissionSet)
  // What was read too long ago does not show that nothing is out of date any more.
  const isKnown = readAtMs !== null && (outOfDate.length > 0 || finding !== 'unknown' || readAtMs >= state.lookedAtMs)
  return {
    arn,
    outOfDate: isKnown ? outOfDate : null,
    staysOutOfDate: finding === 'out-of-date' && isSettled,
    readAgoMs: readAtMs === null ? null : state.elapsedMs - readAtMs,
    targets: targets === null ? null : [...targets],
    total: targets === null ? (holders?.count ?? null) : null,
    ignored: [...(permissionSet.outOfDate?.keys() ?? [])].filter((id) => permissionSet.ignored.has(id)),
  }
}
