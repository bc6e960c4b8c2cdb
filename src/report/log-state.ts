import { consoleUrlOf } from '../aws/permission-sets.ts'
import { countingOutOfDate } from '../wait/state/permission-set-state.ts'
import { isGiven } from '../wait/state/request-state.ts'
import { type Scope, type State, setsInScope } from '../wait/state/state.ts'
import type { LogContext } from './log-lines.ts'
import { failureText, permissionSetText, requestText } from './log-words.ts'
import { count, listed, plain } from './phrase.ts'
import { isReadFailure } from './selection.ts'
import { permissionSetLabel, permissionSetsOf } from './subject.ts'

const maxAccounts = 5

/** Requests of others that a look has found. They matter as much as those that the deploy gave. */
export function foundLines(before: State, after: State): string[] {
  if (before.requests.size === after.requests.size) return []
  return after.requests.items.slice(before.requests.size).map((request) => {
    const text = requestText(request, after)
    if (request.phase !== 'ended') return `Found ${text}, which is in progress`
    return `Found ${text}  ${request.status === 'FAILED' ? failureText(request.failureReason) : request.status}`
  })
}

/**
 * The name of the permission set, with a link to the console. Of several permission sets, the names of those that earlier lines show by ID:
 * those that failed, that were found or that have accounts out of date.
 */
export function nameLines(before: State, after: State, { region }: LogContext): string[] {
  if (before.names === after.names) return []
  const requests = after.requests.items
  const known = new Set([...permissionSetsOf(requests), ...after.scope.permissionSetArns])
  const inLog = new Set([
    ...permissionSetsOf(requests.filter((request) => !isGiven(request) || isReadFailure(request))),
    ...setsInScope(after).flatMap((each) => (countingOutOfDate(each).length > 0 ? [each.arn] : [])),
  ])
  return [...after.names].flatMap(([arn, name]) => {
    if (name === null || before.names.has(arn)) return []
    if (known.size < 2) return [`Permission set ${[plain(name), consoleUrlOf(arn, region)].filter(Boolean).join(': ')}`]
    const id = permissionSetLabel(arn, new Map())
    return inLog.has(arn) && !before.isOver ? [`Permission set ${plain(id)} is ${plain(name)}`] : []
  })
}

/** The permission sets of the instance: how many there are, and which have come or gone since. */
export function scopeLines({ instance, scope: was }: State, after: State): string[] {
  const { scope: is } = after
  if (!is.followsInstance || was === is || after.instance.readAtMs === null) return []
  const number = is.permissionSetArns.size
  if (instance.readAtMs === null)
    return [`The instance has ${number === 0 ? 'no permission set' : count(number, 'permission set')}`]
  const linesOf = (title: string, these: Scope, those: Scope) => {
    const arns = [...these.permissionSetArns].filter((arn) => !those.permissionSetArns.has(arn))
    return arns.length === 0 ? [] : [`${title}: ${listed(arns, (arn) => permissionSetText(arn, after), maxAccounts)}`]
  }
  return [
    ...linesOf('New permission sets', is, was),
    ...linesOf('Deleted permission sets, which count no more', was, is),
  ]
}
