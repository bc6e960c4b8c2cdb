import { accountsBehind, knowsProgress, rolloutArns } from '../wait/snapshot/agreement.ts'
import type { Snapshot } from '../wait/snapshot/snapshot.ts'
import { failureText, othersText } from './log-progress.ts'
import { listed, permissionSetLabel, plain, requestText } from './subject.ts'

const maxAccounts = 5

/** Requests that a look has found. They matter as much as those that the deploy gave. */
export function foundLines(before: Snapshot, after: Snapshot): string[] {
  return after.requests.slice(before.requests.length).map((request) => {
    const text = requestText(request, after)
    if (request.phase !== 'ended') return `Found ${text}, which is in progress`
    return `Found ${text}  ${request.status === 'FAILED' ? failureText(request.failureReason) : request.status}`
  })
}

/** What the looks at the state of the instance show now. */
export function stateLines(before: Snapshot, after: Snapshot): string[] {
  const { agreement, goal, others } = after
  if (agreement.seen === before.agreement.seen) return []
  const once = goal.wait ? '; looking once more' : ''
  switch (agreement.seen) {
    case 'done':
      return [
        goal.until === 'idle' ? `Nothing is in progress${once}` : `${noProgress(after)}no account is behind${once}`,
      ]
    case 'behind':
      return [`${noProgress(after)}${accountsText(after)}`]
    case 'in-progress':
      return others.unidentified.size === 0 ? [] : [othersText(others.unidentified.size)]
    case null:
      return []
  }
}

function noProgress(snapshot: Snapshot): string {
  return knowsProgress(snapshot) ? 'Nothing is in progress, and ' : 'As far as the role may see, '
}

function accountsText(snapshot: Snapshot): string {
  const behind = new Map(rolloutArns(snapshot).map((arn) => [arn, accountsBehind(snapshot, arn)]))
  return [...behind]
    .filter(([, accounts]) => accounts.length > 0)
    .map(([arn, accounts]) => {
      const count = accounts.length === 1 ? '1 account is' : `${accounts.length} accounts are`
      const label = plain(permissionSetLabel(arn, snapshot.names))
      return `${count} behind with ${label}: ${listed(accounts, plain, maxAccounts)}`
    })
    .join('; ')
}
