import type { Until } from '../requests/goal.ts'
import { formatDuration } from './duration.ts'
import type { Outcome, PermissionSet } from './outcome.ts'
import { listed, permissionSetLabel, type Style } from './subject.ts'

/**
 * The state of permission sets, or of the instance, in a few words; `null` if the wait was only for requests, or if the state says nothing
 * about the verdict.
 */
export function stateText(outcome: Outcome, styleName: Style): string | null {
  return texts[outcome.goal.until](outcome, styleName)
}

const texts: Readonly<Record<Until, (outcome: Outcome, styleName: Style) => string | null>> = {
  finished: () => null,
  'rolled-out': rolloutText,
  idle: idleText,
}

function idleText(outcome: Outcome): string | null {
  const { elapsedMs, goal, othersInProgress, requests, verdict } = outcome
  if (verdict === 'succeeded') return 'Nothing is in progress'
  if (goal.permissionSetArns.length > 0 && othersInProgress > 0) return unidentifiedText(othersInProgress)
  const inProgress = othersInProgress + requests.filter(({ phase }) => phase === 'in-progress').length
  if (inProgress === 0) return null
  const some = inProgress === 1 ? '1 request is' : `${inProgress} requests are`
  return `${some} still in progress${verdict === 'timed-out' ? ` after ${formatDuration(elapsedMs)}` : ''}`
}

/** Requests of others in progress of which AWS does not say what they are about; `null` if there are none. */
export function unidentifiedText(count: number): string | null {
  if (count === 0) return null
  return count === 1
    ? '1 other request is in progress, and AWS does not say which permission set it is about'
    : `${count} other requests are in progress, and AWS does not say which permission sets they are about`
}

function rolloutText(outcome: Outcome, styleName: Style): string | null {
  const { elapsedMs, goal, names, othersInProgress, permissionSets, unseenProgress, verdict } = outcome
  const isOpen = ({ outOfDate, staysOutOfDate }: PermissionSet) =>
    verdict === 'incomplete' ? staysOutOfDate : outOfDate === null || outOfDate.length > 0
  const open = permissionSets.filter(isOpen)
  const [only] = permissionSets
  const nameOf = ({ arn }: PermissionSet) => styleName(permissionSetLabel(arn, names))
  if (only === undefined)
    return goal.isAboutAll && verdict === 'succeeded' ? 'The instance has no permission set' : null
  if (verdict === 'succeeded') {
    return permissionSets.length === 1
      ? doneText(only, nameOf, styleName)
      : `All ${permissionSets.length} permission sets are rolled out`
  }
  if (open.length === 0) return unidentifiedText(othersInProgress)
  if (open.some(({ outOfDate }) => outOfDate === null)) return null
  const when = verdict === 'timed-out' ? ` after ${formatDuration(elapsedMs)}` : verdict === 'in-progress' ? ' yet' : ''
  const why = verdict === 'incomplete' && unseenProgress === null ? ', and nothing is in progress' : ''
  if (permissionSets.length === 1) return `${nameOf(only)} is not rolled out${when}: ${outOfDateText(only)}${why}`
  const are = open.length === 1 ? 'is' : 'are'
  const forThem = why === '' ? '' : open.length === 1 ? ' for it' : ' for them'
  return `${open.length} of ${permissionSets.length} permission sets ${are} not rolled out${when}${why}${forThem}: ${listed(open, nameOf)}`
}

function doneText(
  permissionSet: PermissionSet,
  nameOf: (permissionSet: PermissionSet) => string,
  styleAccount: Style,
): string {
  const { ignored, targets, total } = permissionSet
  const name = nameOf(permissionSet)
  if (targets !== null) return `${name} is rolled out to ${listed(targets, (accountId) => styleAccount(accountId))}`
  if (ignored.length > 0) {
    const of = total === null ? '' : ` to ${total - ignored.length} of ${total} accounts`
    return `${name} is rolled out${of}; ${ignored.length} ${ignored.length === 1 ? 'is' : 'are'} ignored`
  }
  switch (total) {
    case null:
      return `${name} is rolled out`
    case 0:
      return `No account holds ${name}`
    case 1:
      return `${name} is rolled out to its 1 account`
    default:
      return `${name} is rolled out to all ${total} accounts`
  }
}

/** How many accounts are out of date, of how many if that is known. */
export function outOfDateText({ outOfDate, total }: Pick<PermissionSet, 'outOfDate' | 'total'>): string {
  const count = outOfDate?.length ?? 0
  const of = total === null ? '' : ` of ${total}`
  return total === null && count === 1
    ? '1 account is out of date'
    : `${count}${of} accounts ${count === 1 ? 'is' : 'are'} out of date`
}
