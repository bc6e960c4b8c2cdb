import { forLog } from './escape.ts'
import { everyAccountBehind, failuresOf, headlineOf, listed, nextStepsOf, type Outcome, unreadOf } from './outcome.ts'

/** The runner cuts an annotation at 4,096 characters (actions/runner, ExecutionContext.cs); what to do next must stay within. */
const maxMessageLength = 4_000
const maxCausesLength = 2_000
const maxCauses = 5
/** Problems with the inputs are all told, as nobody wants to mend one a run. */
const maxProblemsLength = 3_700
/** What a text that is cut says of what is missing. */
const cutNoteLength = 30

export interface Annotation {
  readonly title: string
  readonly message: string
}

/** The one error annotation of a step that fails: what happened, why, and what to do next. */
export function annotationOf(outcome: Outcome): Annotation {
  const failures = failuresOf(outcome)
  const about = (requestIds: readonly string[]) =>
    outcome.results.length === 1 || requestIds.length === 0 ? '' : ` (${listed(requestIds)})`
  const causes = [
    ...outcome.problems.map((text) => ({ text, suffix: '' })),
    ...failures.map(({ reason, requestIds }) => ({ text: reason, suffix: about(requestIds) })),
    ...unreadOf(outcome).map(({ error, requestIds }) => ({ text: error, suffix: about(requestIds) })),
  ]
  const rejected = outcome.problems.length > 0
  const quoted = rejected ? causes : causes.slice(0, maxCauses)
  const share = (rejected ? maxProblemsLength : maxCausesLength) / quoted.length - cutNoteLength
  const diagnoses = new Set(
    failures.flatMap(({ diagnosis }) => (diagnosis ? [`${diagnosis.cause} ${diagnosis.remedy}`] : [])),
  )
  const behind = everyAccountBehind(outcome).length
  const steps = nextStepsOf(outcome)
    .map((step) => forLog(step))
    .join(' ')
  const lines = [
    ...quoted.map(({ text, suffix }) => `${forLog(text, share - suffix.length)}${suffix}`),
    ...(causes.length > quoted.length ? [`… and ${causes.length - quoted.length} more.`] : []),
    ...(behind > 0
      ? [`${behind} ${behind === 1 ? 'account does' : 'accounts do'} not hold the latest permission set.`]
      : []),
    ...[...diagnoses].map((diagnosis) => `Likely cause: ${diagnosis}`),
    ...(steps === '' ? [] : [`What to do: ${steps}`]),
  ]
  return { title: forLog(headlineOf(outcome)), message: lines.join('\n').slice(0, maxMessageLength) }
}
