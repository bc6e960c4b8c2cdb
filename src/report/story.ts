import { isNothing } from '../requests/goal.ts'
import { isGiven, type RequestState } from '../wait/state/request-state.ts'
import { blockersOf, type Cause, reasonsOf, unreadIn } from './causes.ts'
import { formatDuration } from './duration.ts'
import { headlineOf } from './headline.ts'
import type { Outcome } from './outcome.ts'
import { count, listed, type Phrase, plain, type Style } from './phrase.ts'
import { failedOf } from './selection.ts'
import { explanationOf, stepsOf } from './steps.ts'
import { permissionSetsOf } from './subject.ts'

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
  /** The IDs of the accounts that are out of date with any permission set, sorted. */
  readonly accountsOutOfDate: readonly string[]
  /** When those were read, if that was long before the last look. */
  readonly age: string | null
  /** What to do next, in our own words. The advice on each cause is not part of it. */
  readonly steps: readonly string[]
  /** What the author of the workflow should correct, although it changes nothing. */
  readonly warning: { readonly title: string; readonly text: string } | null
}

/** Adds the words to what is known: our own in those of a program, while what AWS says and what is named stays as it is. */
export function tell(known: Outcome, own: Style = String): Story {
  const outcome = { ...known, problems: known.problems.map(own) }
  const { outOfDate, outOfDateAgeMs, permissionSets, requests } = outcome
  const unread = unreadIn(outcome)
  const explanation = noticeOf(outcome) ?? explanationOf(outcome)
  const warning = warningOf(outcome)
  const phrase = (parts: Phrase) => parts.map((part) => (typeof part === 'string' ? own(part) : part))
  const cause = (each: Cause): Cause => ({
    ...each,
    about: phrase(each.about),
    cause: own(each.cause),
    remedy: own(each.remedy),
  })
  return {
    ...outcome,
    headline: phrase(headlineOf(outcome)),
    explanation: explanation && own(explanation),
    reasons: reasonsOf(outcome).map(cause),
    blockers: blockersOf(outcome, unread).map(cause),
    errors: new Map(unread.map(({ error, request }) => [request, error])),
    permissionSetArns: [
      ...new Set([...permissionSetsOf(requests), ...permissionSets.map(({ arn }) => arn), ...outOfDate.keys()]),
    ],
    accountsOutOfDate: [...new Set([...outOfDate.values()].flat())].sort(),
    age: outOfDateAgeMs === 0 ? null : `read ${formatDuration(outOfDateAgeMs)} before the last look`,
    steps: stepsOf(outcome).map(own),
    warning: warning && { title: own(warning.title), text: own(warning.text) },
  }
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
