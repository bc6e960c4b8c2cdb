import type { Until } from '../requests/goal.ts'
import { countingOutOfDate } from '../wait/state/permission-set-state.ts'
import { isGiven, isUnfinished } from '../wait/state/request-state.ts'
import { permissionSetOf, type State } from '../wait/state/state.ts'
import type { LogContext } from './log-lines.ts'
import { failureText, othersText, toleratedText } from './log-progress.ts'
import { listed, plain } from './phrase.ts'
import { permissionSetLabel, requestText } from './subject.ts'

const maxAccounts = 5

/** Requests of others that a look has found. They matter as much as those that the deploy gave. */
export function foundLines(before: State, after: State): string[] {
  if (before.requests.size === after.requests.size) return []
  const all = after.requests.items
  // One of each operation shows whether they are mixed.
  const requests = [...new Map(all.map((request) => [request.key.operation, request])).values()]
  return all.slice(before.requests.size).map((request) => {
    const text = requestText(request, { requests, names: after.extras.names })
    if (request.phase !== 'ended') return `Found ${text}, which is in progress`
    return `Found ${text}  ${request.status === 'FAILED' ? failureText(request.failureReason) : request.status}`
  })
}

/** The permission sets of the instance: how many there are, and which have come or gone since. */
export function scopeLines({ instance: before, scope: was }: State, { extras, instance, scope: is }: State): string[] {
  if (!is.followsInstance || was === is || instance.readAtMs === null) return []
  const count = is.permissionSetArns.size
  const some = count === 0 ? 'no permission set' : `${count} ${count === 1 ? 'permission set' : 'permission sets'}`
  if (before.readAtMs === null) return [`The instance has ${some}`]
  const label = (arn: string) => plain(permissionSetLabel(arn, extras.names))
  const added = [...is.permissionSetArns].filter((arn) => !was.permissionSetArns.has(arn))
  const deleted = [...was.permissionSetArns].filter((arn) => !is.permissionSetArns.has(arn))
  return [
    ...(added.length === 0 ? [] : [`New permission sets: ${listed(added, label, maxAccounts)}`]),
    ...(deleted.length === 0
      ? []
      : [`Deleted permission sets, which count no more: ${listed(deleted, label, maxAccounts)}`]),
  ]
}

/** What the last look has found, if that has changed. */
export function stateLines(before: State, after: State, { until }: LogContext): string[] {
  return before.judgement.finding === after.judgement.finding ? [] : texts[until](after)
}

const texts: Readonly<Record<Until, (state: State) => string[]>> = {
  finished: () => [],
  'rolled-out'(state) {
    const { finding } = state.judgement
    // Nobody looked at any account.
    if (state.scope.permissionSetArns.size === 0) return []
    if (finding === 'done') return [`${noProgress(state)}no account is out of date${onceMore(state)}`]
    if (finding === 'out-of-date') return [`${noProgress(state)}${accountsText(state)}${toleratedText(state)}`]
    return busyText(state)
  },
  idle(state) {
    return state.judgement.finding === 'done' ? [`Nothing is in progress${onceMore(state)}`] : busyText(state)
  },
}

function onceMore({ judgement }: State): string {
  return judgement.isSettled ? '' : '; looking once more'
}

/** What is in progress besides requests that have a line of their own. */
function busyText({ judgement, others, requests, scope }: State): string[] {
  if (judgement.finding !== 'busy' || requests.items.some((request) => isUnfinished(request) && !isGiven(request)))
    return []
  const text = othersText({ others, scope })
  return text === null ? [] : [text]
}

function noProgress(state: State): string {
  const { access, others, scope } = state
  const isListed = scope.lists.every((operation) => access.lists[operation].failure === null)
  const isDenied = others.values().some(({ subject }) => subject.kind === 'denied')
  if (!isListed || isDenied) return 'As far as the role may see, '
  const isRead = [...scope.permissionSetArns].every((arn) => permissionSetOf(state, arn).blocker === null)
  return isRead ? 'Nothing is in progress, and ' : 'As far as could be read, '
}

function accountsText(state: State): string {
  const all = [...state.scope.permissionSetArns].map(
    (arn) => [arn, countingOutOfDate(permissionSetOf(state, arn))] as const,
  )
  const texts = all
    .filter(([, accountIds]) => accountIds.length > 0)
    .map(([arn, accountIds]) => {
      const count = accountIds.length === 1 ? '1 account is' : `${accountIds.length} accounts are`
      const label = plain(permissionSetLabel(arn, state.extras.names))
      return `${count} out of date with ${label}: ${listed(accountIds, plain, maxAccounts)}`
    })
  return listed(texts, (text) => text, maxAccounts)
}
