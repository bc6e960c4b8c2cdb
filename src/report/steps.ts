import { operations } from '../aws/operations.ts'
import type { RequestState } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import { goalWords } from './goal-words.ts'
import type { Outcome } from './outcome.ts'
import { listed, plain } from './phrase.ts'
import { decisiveFailuresOf, isReadFailure, unfinishedOf, unreadOf } from './selection.ts'
import { unidentified } from './state-words.ts'
import { permissionSetLabel } from './subject.ts'

/** What a reader must know before the causes; `null` if the headline says everything. */
export function explanationOf(outcome: Outcome): string | null {
  const { elapsedMs, othersInProgress, permissionSets, requests, unseenProgress, verdict } = outcome
  if (verdict === 'cancelled')
    return "The job was cancelled: by a person, by a newer run of its concurrency group, or because the job or the step reached its own 'timeout-minutes'. That limit is GitHub's, and not the input of this action."
  if (verdict !== 'incomplete' && verdict !== 'timed-out') return null
  if (permissionSets.some(({ outOfDate }) => outOfDate !== null && outOfDate.length > 0)) {
    if (unseenProgress !== null)
      return `The role may not see which requests are in progress, so only the accounts were looked at (${unseenProgress.title}).`
    const unnamed = unidentified(othersInProgress)
    return unnamed === null ? null : `${unnamed}.`
  }
  const isUnanswered = requests.length > 0 && requests.every(({ phase }) => phase === 'unanswered')
  return isUnanswered ? `AWS gave no status within ${formatDuration(elapsedMs)}.` : null
}

/** What to do next, in our own words. The advice on each cause is not part of it. */
export function stepsOf(outcome: Outcome): string[] {
  const { verdict, goal, outage, problems, failures } = outcome
  const failed = decisiveFailuresOf(outcome)
  const unread = unreadOf(outcome)
  if (problems.length > 0)
    return [outage?.remedy ?? "Correct the step's inputs ('with:') in the workflow, then run it again."]
  if (verdict === 'incomplete') return provisionAgainSteps(outcome)
  const steps: string[] = []

  if (failed.length > 0) {
    const apis = new Set(failed.map(({ key }) => operations[key.operation].startedBy))
    steps.push(
      `Once the cause is fixed, call ${[...apis].join(' or ')} again and wait for the new request: AWS does not take up a failed one again.`,
    )
  }

  const again = goalWords[goal.until].again(outcome)
  const isUnfinished = unfinishedOf(outcome).length > 0
  const isOpen = verdict === 'cancelled' || verdict === 'timed-out' || verdict === 'in-progress'
  if (isUnfinished || (verdict === 'cancelled' && unread.length > 0))
    steps.push(`AWS carries on with what was started. ${again}`)
  else if (isOpen || unread.some(canBeReadLater)) steps.push(again)
  else if (!failed.every(isReadFailure))
    steps.push('To read the reasons that are missing, wait for the same request IDs again.')
  if (verdict === 'timed-out' && (isUnfinished || unread.length + failures.length === 0))
    steps.push("If it usually takes longer, raise 'timeout-minutes'.")
  return steps
}

function provisionAgainSteps({ names, permissionSets, unseenProgress }: Outcome): string[] {
  const late = permissionSets.filter(({ staysOutOfDate }) => staysOutOfDate)
  const labels = listed(late, ({ arn }) => plain(permissionSetLabel(arn, names)))
  const accounts = permissionSets.length === 1 ? 'these accounts' : `the accounts of ${labels}`
  const why =
    unseenProgress === null
      ? `Nothing that is in progress will bring ${accounts} up to date, so provision again`
      : 'Unless something is in progress, provision again'
  return [
    `${why}: call ProvisionPermissionSet with the target type ALL_PROVISIONED_ACCOUNTS. Then run this step again.`,
    // terraform-aws-sso-elevator#101
    'A delegated administrator may not provision a permission set that the management account holds. Do that in the management account.',
  ]
}

/** Whether a later wait may still read this request. */
function canBeReadLater({ blocker }: RequestState): boolean {
  return blocker?.kind !== 'final' || blocker.failure.scope !== 'request'
}
