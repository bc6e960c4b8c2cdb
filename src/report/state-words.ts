import { formatDuration } from './duration.ts'
import type { Outcome, PermissionSet } from './outcome.ts'
import { are, count, enumerated, type Phrase, say } from './phrase.ts'
import { permissionSetLabel } from './subject.ts'

/** The state of the instance, or of requests for some permission sets, in a few words; `null` if it says nothing about the verdict. */
export function idleState({ elapsedMs, goal, othersInProgress, requests, verdict }: Outcome): Phrase | null {
  if (verdict === 'succeeded') return ['Nothing is in progress']
  const unnamed = goal.permissionSetArns.length === 0 ? null : unidentified(othersInProgress)
  if (unnamed !== null) return [unnamed]
  const inProgress = othersInProgress + requests.filter(({ phase }) => phase === 'in-progress').length
  if (inProgress === 0) return null
  const after = verdict === 'timed-out' ? ` after ${formatDuration(elapsedMs)}` : ''
  return [`${count(inProgress, 'request')} ${are(inProgress)} still in progress${after}`]
}

/** Requests of others in progress of which AWS does not say what they are about; `null` if there are none. */
export function unidentified(number: number): string | null {
  if (number === 0) return null
  const [sets, they] = number === 1 ? ['set', 'it is'] : ['sets', 'they are']
  return `${count(number, 'other request')} ${are(number)} in progress, and AWS does not say which permission ${sets} ${they} about`
}

/** How far permission sets are rolled out, in a few words; `null` if that says nothing about the verdict. */
export function rolloutState(outcome: Outcome): Phrase | null {
  const { elapsedMs, goal, names, othersInProgress, permissionSets, unseenProgress, verdict } = outcome
  const isSuccess = verdict === 'succeeded'
  const [only, second] = permissionSets
  if (only === undefined) return goal.isAboutAll && isSuccess ? ['The instance has no permission set'] : null
  const labelOf = ({ arn }: PermissionSet) => permissionSetLabel(arn, names)
  if (isSuccess) {
    return second === undefined
      ? rolledOut(only, labelOf(only))
      : [`All ${permissionSets.length} permission sets are rolled out`]
  }
  const open = permissionSets.filter(({ outOfDate, staysOutOfDate }) =>
    verdict === 'incomplete' ? staysOutOfDate : outOfDate?.length !== 0,
  )
  const unnamed = unidentified(othersInProgress)
  if (open.length === 0) return unnamed === null ? null : [unnamed]
  if (open.some(({ outOfDate }) => outOfDate === null)) return null
  const when = verdict === 'timed-out' ? ` after ${formatDuration(elapsedMs)}` : verdict === 'in-progress' ? ' yet' : ''
  const why = verdict === 'incomplete' && unseenProgress === null ? ', and nothing is in progress' : ''
  if (second === undefined)
    return say`${{ value: labelOf(only) }} is not rolled out${when}: ${outOfDateText(only)}${why}`
  const forThem = why === '' ? '' : open.length === 1 ? ' for it' : ' for them'
  const some = `${open.length} of ${permissionSets.length} permission sets ${are(open.length)}`
  return say`${some} not rolled out${when}${why}${forThem}: ${enumerated(open.map(labelOf))}`
}

function rolledOut({ ignored, targets, total }: PermissionSet, label: string): Phrase {
  const name = { value: label }
  if (targets !== null) return say`${name} is rolled out to ${enumerated(targets)}`
  if (ignored.length > 0) {
    const of = total === null ? '' : ` to ${total - ignored.length} of ${total} accounts`
    return say`${name} is rolled out${of}; ${String(ignored.length)} ${are(ignored.length)} ignored`
  }
  if (total === null) return say`${name} is rolled out`
  if (total === 0) return say`No account holds ${name}`
  return say`${name} is rolled out to ${total === 1 ? 'its' : 'all'} ${count(total, 'account')}`
}

/** How many accounts are out of date, of how many if that is known. */
export function outOfDateText({ outOfDate, total }: Pick<PermissionSet, 'outOfDate' | 'total'>): string {
  const number = outOfDate?.length ?? 0
  return total === null
    ? `${count(number, 'account')} ${are(number)} out of date`
    : `${number} of ${total} accounts ${are(number)} out of date`
}
