import { operations } from '../aws/operations.ts'
import { namesIn } from '../inputs/input.ts'
import type { RequestState } from '../wait/state/request-state.ts'
import { formatDuration } from './duration.ts'
import { goalWords } from './goal-words.ts'
import type { Outcome } from './outcome.ts'
import { are, enumerated, type Phrase, say } from './phrase.ts'
import { failedOf, unfinishedOf, unreadOf } from './selection.ts'
import { onlyRequest, permissionSetLabel, permissionSetsOf } from './subject.ts'

/** The verdict in a few words. If the step fails, they name the cause. */
export function headlineOf(outcome: Outcome): Phrase {
  const { verdict, requests, outage, problems, elapsedMs } = outcome
  const after = formatDuration(elapsedMs)
  const unfinished = unfinishedOf(outcome)
  const unread = unreadOf(outcome)
  const state = goalWords[outcome.goal.until].state(outcome)
  switch (verdict) {
    case 'succeeded':
      return state ?? (requests.length === 0 ? ['Nothing to wait for'] : say`${nounFor(requests, outcome)} succeeded`)
    case 'in-progress':
      return state ?? say`${nounFor(unfinished, outcome)} ${are(unfinished.length)} still in progress`
    case 'failed':
      return say`${failureOf(outcome)}${also(unfinished, 'had not finished')}${also(unread, 'could not be read')}`
    case 'incomplete':
      return state ?? ['Accounts are out of date']
    case 'timed-out': {
      const others = also(unread, 'could not be read')
      if (state !== null) return say`${state}${others}`
      if (unfinished.length === 0) return [obstacleOf(unread, outcome)]
      return say`${nounFor(unfinished, outcome)} had not finished after ${after}${others}`
    }
    case 'cancelled': {
      if (onlyRequest(requests) !== null) return [`Cancelled after ${after}`]
      const ofAll = `of ${requests.length} requests`
      return [
        `Cancelled after ${after}${also(unfinished, `${ofAll} had not finished`)}${also(unread, `${ofAll} could not be read`)}`,
      ]
    }
    case 'error':
      if (problems.length > 0) return outage === null ? wrongInputs(problems) : [outage.title]
      return [`${obstacleOf(unread, outcome)}${unread.length === 0 ? '' : also(unfinished, 'had not finished')}`]
  }
}

function wrongInputs(problems: readonly string[]): Phrase {
  const names = namesIn(problems)
  if (names.length === 0) return ['Wrong input']
  return say`${`Wrong input${names.length === 1 ? '' : 's'}: `}${enumerated(names)}`
}

function also({ length }: readonly RequestState[], what: string): string {
  return length === 0 ? '' : `; ${length} ${what}`
}

/** The operation and permission set of a single request, or how many of how many requests. */
function nounFor(some: readonly RequestState[], { requests, names }: Outcome): Phrase {
  const only = onlyRequest(requests)
  if (only === null) return [counted(some.length, requests.length)]
  const { noun } = operations[only.key.operation]
  const [arn] = permissionSetsOf([only])
  return arn === undefined ? [noun] : say`${noun} of ${{ value: permissionSetLabel(arn, names) }}`
}

function counted(some: number, total: number): string {
  return some === total ? `All ${total} requests` : `${some} of ${total} requests`
}

/** What failed; of several requests, with their permission sets. */
function failureOf(outcome: Outcome): Phrase {
  const { requests, names } = outcome
  const failures = failedOf(outcome)
  const text = say`${nounFor(failures, outcome)} failed`
  const arns = permissionSetsOf(failures)
  if (onlyRequest(requests) !== null || arns.length === 0) return text
  return say`${text}: ${enumerated(arns.map((arn) => permissionSetLabel(arn, names)))}`
}

/** Why requests, or something else, could not be read: the title of the cause, or, if causes differ, how many requests. */
function obstacleOf(unread: readonly RequestState[], { failures, requests, outage, elapsedMs }: Outcome): string {
  const after = formatDuration(elapsedMs)
  const total = requests.length
  if (unread.length === 0) return (failures[0] ?? outage)?.title ?? `Not everything could be read in ${after}`
  const some = unread.length === total ? '' : ` (${unread.length} of ${total} requests)`
  const [title = null, ...others] = new Set(unread.map(({ blocker }) => (blocker?.failure ?? outage)?.title ?? null))
  if (others.length === 0 && title !== null) return `${title}${some}`
  if (others.length === 0 && some === '') return `AWS had not answered after ${after}`
  return `${counted(unread.length, total)} could not be read`
}
