import { factsOf } from '../aws/errors/facts.ts'
import { rulesOf } from '../goals/goal-rules.ts'
import { defect } from '../plain-report.ts'
import type { CallFailure } from '../requests/api.ts'
import { type Goal, isNothing, toTheEnd } from '../requests/goal.ts'
import type { Secrets } from '../secrets.ts'
import { endingOf } from '../wait/ending.ts'
import { detailsOf, isGiven, type RequestState } from '../wait/state/request-state.ts'
import { initialState } from '../wait/state/state.ts'
import type { Waited } from '../wait/wait.ts'
import { blockersOf, type Cause, errorOf, reasonsOf, unreadIn } from './causes.ts'
import { formatDuration } from './duration.ts'
import { headlineOf } from './headline.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { count, listed, type Phrase, plain } from './phrase.ts'
import { failedOf } from './selection.ts'
import { explanationOf, stepsOf } from './steps.ts'
import { permissionSetLabel } from './subject.ts'

/**
 * What the report says, made once. Whoever shows it only lays it out, escapes it for its place, and cuts it. All texts may hold AWS's words,
 * and are untrusted.
 */
export interface Story extends Outcome {
  /** The verdict in a few words. If the step fails, they name the cause. */
  readonly headline: Phrase
  /**
   * What a reader must know before the causes, or what the author of the workflow should know about a success that says little; `null` if
   * the headline says everything.
   */
  readonly explanation: string | null
  /** Why requests FAILED. */
  readonly reasons: readonly Cause[]
  /** Why something could not be read. */
  readonly blockers: readonly Cause[]
  /** Why the end of a request, or the reason of its failure, could not be read. */
  readonly errors: ReadonlyMap<RequestState, string>
  /** The ARNs of all permission sets that it is about. */
  readonly permissionSetArns: readonly string[]
  readonly accounts: readonly AccountsOutOfDate[]
  /** The IDs of the accounts that are out of date with any permission set, sorted. */
  readonly accountsOutOfDate: readonly string[]
  /** When those were read, if that was long before the last look. */
  readonly age: string | null
  /** What to do next, in our own words. The advice on each cause is not part of it. */
  readonly steps: readonly string[]
  /** What the author of the workflow should correct, although it changes nothing. */
  readonly warning: { readonly title: string; readonly text: string } | null
}

/** The accounts that do not hold the latest version of a permission set. */
export interface AccountsOutOfDate {
  readonly arn: string
  /** The name of the permission set, or its ID; `null` if the step is about no other one. */
  readonly label: string | null
  readonly ids: readonly string[]
}

/** The story of a wait that is over. */
export function storyOf(waited: Waited, goal: Goal, region: string, startedAt: Date): Story {
  return tell(outcomeOf(waited, goal, region, startedAt))
}

/** Adds the words to what is known. */
export function tell(outcome: Outcome): Story {
  const unread = unreadIn(outcome)
  const { names, outOfDate, outOfDateAgeMs, permissionSets, requests } = outcome
  const ofRequests = requests.flatMap((request) => detailsOf(request).permissionSetArn ?? [])
  const arns = [...new Set([...ofRequests, ...permissionSets.map(({ arn }) => arn), ...outOfDate.keys()])]
  const labelOf = (arn: string) => (arns.length === 1 ? null : permissionSetLabel(arn, names))
  return {
    ...outcome,
    headline: headlineOf(outcome),
    explanation: noticeOf(outcome) ?? explanationOf(outcome),
    reasons: reasonsOf(outcome),
    blockers: blockersOf(outcome, unread),
    errors: new Map(unread.map((each) => [each.request, errorOf(each)])),
    permissionSetArns: arns,
    accounts: [...outOfDate].map(([arn, ids]) => ({ arn, label: labelOf(arn), ids })),
    accountsOutOfDate: [...new Set([...outOfDate.values()].flat())].sort(),
    age: outOfDateAgeMs === 0 ? null : `read ${formatDuration(outOfDateAgeMs)} before the last look`,
    steps: stepsOf(outcome),
    warning: warningOf(outcome),
  }
}

/** The story when the inputs are wrong: AWS was not asked. */
export function invalidInputs(problems: readonly string[], startedAt: Date): Story {
  return tell({ ...nothingKnown(startedAt), verdict: 'error', ending: null, problems })
}

/** The story when the job was cancelled before the inputs were read: AWS was not asked. */
export function cancelledBefore(startedAt: Date): Story {
  return tell({ ...nothingKnown(startedAt), verdict: 'cancelled', ending: 'cancelled' })
}

/** The story of an unexpected error, which is a defect of the action. It still says what was known before it. */
export function internalError(error: unknown, before: Outcome, secrets: Secrets): Story {
  const { name, message } = factsOf(error, secrets)
  const text = `${defect.title} (${name}: ${message})`
  const outage: CallFailure = { effect: 'refused', scope: 'every-call', code: 'defect', message: text, ...defect }
  return tell({ ...before, verdict: 'error', ending: null, outage, problems: [text] })
}

/** What is known before AWS was asked. */
export function nothingKnown(startedAt: Date): Outcome {
  const rules = rulesOf(toTheEnd)
  const state = initialState([], rules.scope)
  return outcomeOf({ state, ending: endingOf(state, rules, false) }, toTheEnd, '', startedAt)
}

function noticeOf(outcome: Outcome): string | null {
  const { goal, permissionSets, requests, verdict } = outcome
  if (verdict !== 'succeeded') return null
  if (isNothing(goal, requests))
    return "Input 'request-id' or 'request-file' holds [], which says that the deploy changed nothing."
  const failed = failedOf(outcome).filter(isGiven).length
  if (failed > 0) {
    const ignored = listed(goal.ignoredAccounts, plain)
    return `${count(failed, 'provisioning')} FAILED, but every account that counts has the latest version. Accounts that are ignored: ${ignored}.`
  }
  // An instance has permission sets that nobody is assigned to yet. One that the workflow names may be the wrong one.
  const unheld = goal.isAboutAll ? [] : permissionSets.filter(({ total }) => total === 0)
  if (unheld.length === 0) return null
  return `No account holds ${listed(unheld, ({ arn }) => plain(arn))}, so there was nothing to roll out.`
}

/** Further accounts that are ignored in vain are only counted. */
const maxInVain = 10

function warningOf({ ignoredInVain }: Outcome): Story['warning'] {
  if (ignoredInVain.length === 0) return null
  const [accounts, ids] = ignoredInVain.length === 1 ? ['this account', 'the ID'] : ['these accounts', 'the IDs']
  return {
    title: 'An ignored account has no permission set',
    text: `Input 'ignore-accounts': ${listed(ignoredInVain, plain, maxInVain)}: no permission set of this step is in ${accounts}. Correct ${ids}, or leave out what is not needed any more.`,
  }
}
