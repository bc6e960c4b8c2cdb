import { unreadLists, unreadSubjects } from '../goals/evidence.ts'
import type { Until } from '../requests/goal.ts'
import { countingOutOfDate } from '../wait/state/permission-set-state.ts'
import { isGiven, isUnfinished } from '../wait/state/request-state.ts'
import { type State, setsInScope } from '../wait/state/state.ts'
import type { Opening } from './log-lines.ts'
import { othersText, toleratedText } from './log-progress.ts'
import { permissionSetText } from './log-words.ts'
import type { Outcome } from './outcome.ts'
import { are, listed, type Phrase, plain } from './phrase.ts'
import { idleState, outOfDateText, rolloutState } from './state-words.ts'

/** Further accounts, and further permission sets, are only counted. */
const maxAccounts = 5

/** The words of a goal, in the log and in the report. */
interface GoalWords {
  /** What the step waits for beyond its requests; `null` if there is nothing. `named`: the permission sets that are named. */
  opening(opening: Opening, named: string): string | null
  /** What the wait does without a list of requests in progress that the role may not read. */
  readonly withoutRights: string
  /** The lines about what a look has found. */
  found(state: State): string[]
  /** The headline, if the state of permission sets or of the instance says more about the verdict than the requests do; else `null`. */
  state(outcome: Outcome): Phrase | null
  /** How to see later what is not known yet. */
  again(outcome: Outcome): string
}

export const goalWords: Readonly<Record<Until, GoalWords>> = {
  finished: {
    opening: () => null,
    withoutRights: '; each request is described instead',
    found: () => [],
    state: () => null,
    again: seeHowItEnds,
  },
  'rolled-out': {
    opening({ isAboutAll, permissionSetArns: arns, requests, wait }, named) {
      if (isAboutAll) return `${whether(wait)} every permission set of the instance is rolled out`
      if (requests.length + arns.length === 0) return null
      const subject = named || (requests.length === 1 ? 'its permission set' : 'their permission sets')
      return `${whether(wait)} ${subject} ${are(arns.length || requests.length)} rolled out`
    },
    withoutRights: '; going by the accounts alone',
    found(state) {
      const { finding } = state.judgement
      // Nobody looked at any account.
      if (state.scope.permissionSetArns.size === 0) return []
      if (finding === 'done') return [`${noProgress(state)}no account is out of date${onceMore(state)}`]
      if (finding === 'out-of-date') return [`${noProgress(state)}${accountsText(state)}${toleratedText(state)}`]
      return busyLines(state)
    },
    state: rolloutState,
    again: seeHowItEnds,
  },
  idle: {
    opening: ({ wait }, named) => `${whether(wait)} nothing${named && ` about ${named}`} is in progress`,
    withoutRights: '',
    found: (state) =>
      state.judgement.finding === 'done' ? [`Nothing is in progress${onceMore(state)}`] : busyLines(state),
    state: idleState,
    again: () => 'Run this step again before the deploy.',
  },
}

function whether(wait: boolean): string {
  return wait ? 'until' : 'whether'
}

function seeHowItEnds({ requests }: Outcome): string {
  const subject = requests.some(isGiven) ? 'Wait for the same request IDs' : 'Run this step'
  return `${subject} again to see how it ends; the deploy need not run again.`
}

function onceMore({ judgement }: State): string {
  return judgement.isSettled ? '' : '; looking once more'
}

/** What is in progress besides requests that have a line of their own. */
function busyLines(state: State): string[] {
  const { judgement, requests } = state
  if (judgement.finding !== 'busy' || requests.items.some((request) => isUnfinished(request) && !isGiven(request)))
    return []
  const text = othersText(state)
  return text === null ? [] : [text]
}

function noProgress(state: State): string {
  if ([...unreadLists(state), ...unreadSubjects(state, 'denied')].length > 0) return 'As far as the role may see, '
  const isRead = setsInScope(state).every(({ blocker }) => blocker === null)
  return isRead ? 'Nothing is in progress, and ' : 'As far as could be read, '
}

function accountsText(state: State): string {
  const texts = setsInScope(state).flatMap((permissionSet) => {
    const ids = countingOutOfDate(permissionSet)
    if (ids.length === 0) return []
    const some = outOfDateText({ outOfDate: ids, total: null })
    return [`${some} with ${permissionSetText(permissionSet.arn, state)}: ${listed(ids, plain, maxAccounts)}`]
  })
  return listed(texts, String, maxAccounts)
}
