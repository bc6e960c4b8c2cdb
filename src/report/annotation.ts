import { affected, blockersOf, type Cause, reasonsOf } from './causes.ts'
import { forLog } from './escape.ts'
import { headlineOf } from './headline.ts'
import { explanationOf, nextStepsOf } from './next-steps.ts'
import type { Outcome } from './outcome.ts'
import { listed, permissionSetLabel, plain } from './subject.ts'

/**
 * The runner cuts an annotation at 4,096 characters (actions/runner, ExecutionContext.cs). What to do next stands at the end, and must not
 * be cut.
 */
const maxMessageLength = 4_000
const maxTitleLength = 250
const maxCauses = 5
const maxAccounts = 5
const maxAffectedLength = 400
const maxAdviceLength = 500
/** Room for the end of the line, and for the note in a cut text that says how much is missing, even of the longest string. */
const cutNoteLength = 32

export interface Annotation {
  readonly title: string
  readonly message: string
}

/** The one error annotation of a step that fails: what happened, why, and what to do next. */
export function annotationOf(outcome: Outcome): Annotation {
  const causes = [...reasonsOf(outcome), ...blockersOf(outcome)]
  const shown = [...outcome.problems.map(problem), ...causes.slice(0, maxCauses)]
  const opening = [explanationOf(outcome)].flatMap((line) => (line === null ? [] : [forLog(line)]))
  const closing = [
    ...(causes.length > maxCauses ? [`… and ${causes.length - maxCauses} more.`] : []),
    ...accountsLines(outcome),
    ...nextStepsLine(outcome),
  ]
  const advice = shown.map((cause, index) => adviceLine(cause, shown[index + 1]))
  const share = (maxMessageLength - [...opening, ...advice.flat(), ...closing].join('\n').length) / shown.length
  const lines = shown.flatMap((cause, index) => [causeLine(cause, outcome, share), ...(advice[index] ?? [])])
  return { title: forLog(headlineOf(outcome), maxTitleLength), message: fitting([...opening, ...lines], closing) }
}

function problem(text: string): Cause {
  return { requests: [], notAsked: 0, text, advice: null }
}

function causeLine(cause: Cause, outcome: Outcome, maxLength: number): string {
  const requests = cause.requests.length === 0 ? '' : forLog(affected(cause, outcome), maxAffectedLength)
  const prefix = requests === '' ? '' : `${requests}: `
  // Cut as it is shown, because that is longer than the text itself if that holds commands.
  const text = forLog(cause.text, Number.POSITIVE_INFINITY)
  return `${prefix}${forLog(text, Math.max(0, maxLength - prefix.length - cutNoteLength))}`
}

/** The advice on a cause. If the next cause has the same advice, it has a line only after that one. */
function adviceLine({ advice }: Cause, next: Cause | undefined): string[] {
  if (advice === null || advice.remedy === next?.advice?.remedy) return []
  const { cause, remedy } = advice
  return [forLog(cause === null ? `What to do: ${remedy}` : `Likely cause: ${cause} ${remedy}`, maxAdviceLength)]
}

/** The accounts that are out of date: of several permission sets, those of each. */
function accountsLines({ names, outOfDate }: Outcome): string[] {
  const all = [...outOfDate]
  const shown = all.slice(0, maxCauses)
  const lines = shown.map(([arn, accounts]) => {
    const subject = all.length === 1 ? '' : `${plain(permissionSetLabel(arn, names))}: `
    const some = accounts.length === 1 ? '1 account does' : `${accounts.length} accounts do`
    return `${subject}${some} not hold the latest version: ${listed(accounts, plain, maxAccounts)}.`
  })
  const left = all.length - shown.length
  return left === 0 ? lines : [...lines, `… and ${left} more permission sets.`]
}

function nextStepsLine(outcome: Outcome): string[] {
  const steps = nextStepsOf(outcome).map((step) => forLog(step))
  return steps.length === 0 ? [] : [`What to do next: ${steps.join(' ')}`]
}

/** All of the last lines, after as many of the first as there is room for. */
function fitting(first: readonly string[], last: readonly string[]): string {
  const lengthOf = (lines: readonly string[]) => lines.reduce((length, line) => length + line.length + 1, 0)
  let room = maxMessageLength - lengthOf(last)
  const kept = first.filter((line) => {
    room -= line.length + 1
    return room >= 0
  })
  return [...kept, ...last].join('\n')
}
