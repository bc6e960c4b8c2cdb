import { operations } from '../aws/operations.ts'
import { namesIn } from '../inputs/input.ts'
import { detailsOf, type RequestState } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import type { Outcome } from './outcome.ts'
import { stateText } from './rollout-text.ts'
import { failedOf, unfinishedOf, unreadOf } from './selection.ts'
import { listed, permissionSetLabel } from './subject.ts'

/** How to show the parts of a headline that are not our own words. */
export interface HeadlineStyle {
  readonly name: (name: string) => string
  /** The title of a failure. */
  readonly title: (title: string) => string
}

const unstyled: HeadlineStyle = { name: (name) => name, title: (title) => title }

/** The verdict in a few words. If the step fails, they name the cause. */
export function headlineOf(outcome: Outcome, style = unstyled): string {
  const { verdict, requests, ending, outage, problems, elapsedMs } = outcome
  const total = requests.length
  const after = formatDuration(elapsedMs)
  const unfinished = unfinishedOf(outcome)
  const unread = unreadOf(outcome)
  const subject = (some: readonly RequestState[]) => nounFor(some, outcome, style)
  const state = stateText(outcome, style.name)
  switch (verdict) {
    case 'succeeded':
      return state ?? (total === 0 ? 'Nothing to wait for' : `${subject(requests)} succeeded`)
    case 'in-progress':
      return state ?? `${subject(unfinished)} ${unfinished.length === 1 ? 'is' : 'are'} still in progress`
    case 'failed':
      return `${failureOf(outcome, style)}${also(unfinished, 'had not finished')}${also(unread, 'could not be read')}`
    case 'incomplete':
      return state ?? 'Accounts are out of date'
    case 'timed-out':
      if (state !== null) return `${state}${also(unread, 'could not be read')}`
      if (unfinished.length + unread.length === 0)
        return titleOf(outcome, style) ?? `Not everything could be read in ${after}`
      return unfinished.length === 0 || ending === 'looked-once'
        ? causeOf(unread, outcome, style)
        : `${subject(unfinished)} had not finished after ${after}${also(unread, 'could not be read')}`
    case 'cancelled': {
      if (total === 1) return `Cancelled after ${after}`
      const ofAll = `of ${total} requests`
      return `Cancelled after ${after}${also(unfinished, `${ofAll} had not finished`)}${also(unread, `${ofAll} could not be read`)}`
    }
    case 'error':
      if (problems.length > 0) return outage?.title ?? inputsTitle(problems)
      if (unread.length === 0) return titleOf(outcome, style) ?? 'The state could not be read'
      return `${causeOf(unread, outcome, style)}${also(unfinished, 'had not finished')}`
  }
}

function inputsTitle(problems: readonly string[]): string {
  const names = namesIn(problems)
  return `Wrong ${names.length === 1 ? 'input' : 'inputs'}: ${listed(names, String)}`
}

function also({ length }: readonly RequestState[], what: string): string {
  return length === 0 ? '' : `; ${length} ${what}`
}

/** The operation and permission set of a single request, or how many of how many requests. */
function nounFor(some: readonly RequestState[], { requests, names }: Outcome, style: HeadlineStyle): string {
  const [only] = requests
  if (requests.length !== 1 || only === undefined) return counted(some.length, requests.length)
  const name = names.get(detailsOf(only).permissionSetArn ?? '')
  const { noun } = operations[only.key.operation]
  return name === undefined ? noun : `${noun} of ${style.name(name)}`
}

function counted(some: number, total: number): string {
  return some === total ? `All ${total} requests` : `${some} of ${total} requests`
}

/** What failed. A permission set without a known name is shown by its ID. */
function failureOf(outcome: Outcome, style: HeadlineStyle): string {
  const { requests, names } = outcome
  const failures = failedOf(outcome)
  const arns = new Set(failures.flatMap((request) => detailsOf(request).permissionSetArn ?? []))
  const labels = listed([...arns], (arn) => style.name(permissionSetLabel(arn, names)))
  const [only] = requests
  if (requests.length === 1 && only !== undefined) {
    const { noun } = operations[only.key.operation]
    return `${noun}${labels === '' ? '' : ` of ${labels}`} failed`
  }
  return `${counted(failures.length, requests.length)} failed${labels === '' ? '' : `: ${labels}`}`
}

/** Why something else than a request could not be read; `null` if everything could. */
function titleOf({ failures, outage }: Outcome, style: HeadlineStyle): string | null {
  const title = (failures[0] ?? outage)?.title
  return title === undefined ? null : style.title(title)
}

/** Why requests could not be read: the title of the cause, or, if causes differ, how many requests. */
function causeOf(unread: readonly RequestState[], outcome: Outcome, style: HeadlineStyle): string {
  const { requests, outage, elapsedMs } = outcome
  const total = requests.length
  const titles = new Set(unread.map(({ blocker }) => (blocker?.failure ?? outage)?.title ?? null))
  const some = unread.length === total ? '' : ` (${unread.length} of ${total} requests)`
  const [title = null] = titles
  if (titles.size === 1 && title !== null) return `${style.title(title)}${some}`
  if (titles.size === 1 && some === '') return `AWS had not answered after ${formatDuration(elapsedMs)}`
  return `${counted(unread.length, total)} could not be read`
}
