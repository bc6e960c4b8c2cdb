import { type Cause, noAdvice } from './causes.ts'
import { forLog } from './escape.ts'
import { count, inPlainText, listed, plain, within, withRest } from './phrase.ts'
import type { Story } from './story.ts'
import { permissionSetLabel } from './subject.ts'

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

/** The one error annotation of a step that fails: what happened, why, and what to do next. */
export function annotationOf(story: Story): { readonly title: string; readonly message: string } {
  const { blockers, explanation, headline, problems, reasons, steps } = story
  const causes = [...reasons, ...blockers]
  const shown = [...problems.map((text) => ({ about: [], text, ...noAdvice })), ...causes.slice(0, maxCauses)]
  const opening = explanation === null ? [] : [forLog(explanation)]
  const closing = [
    ...(causes.length > maxCauses ? [`… and ${causes.length - maxCauses} more.`] : []),
    ...accountsLines(story),
    ...(steps.length === 0 ? [] : [`What to do next: ${steps.map((step) => forLog(step)).join(' ')}`]),
  ]
  const advice = shown.map((cause, index) => adviceLine(cause, shown[index + 1]))
  const share = (maxMessageLength - [...opening, ...advice.flat(), ...closing].join('\n').length) / shown.length
  const lines = shown.flatMap((cause, index) => [causeLine(cause, share), ...(advice[index] ?? [])])
  // All of the last lines, after as many of the first as there is room for.
  const room = maxMessageLength - closing.join('\n').length - 1
  const first = within(room, [...opening, ...lines], ({ length }) => length + 1)
  return { title: forLog(inPlainText(headline), maxTitleLength), message: [...first, ...closing].join('\n') }
}

function causeLine({ about, text }: Cause, maxLength: number): string {
  const prefix = about.length === 0 ? '' : `${forLog(inPlainText(about), maxAffectedLength)}: `
  // Cut as it is shown, because that is longer than the text itself if that holds commands.
  const line = forLog(text, Number.POSITIVE_INFINITY)
  return `${prefix}${forLog(line, Math.max(0, maxLength - prefix.length - cutNoteLength))}`
}

/** The advice on a cause. If the next cause has the same advice, it has a line only after that one. */
function adviceLine({ cause, remedy }: Cause, next: Cause | undefined): string[] {
  if (remedy === '' || remedy === next?.remedy) return []
  return [forLog(cause === '' ? `What to do: ${remedy}` : `Likely cause: ${cause} ${remedy}`, maxAdviceLength)]
}

function accountsLines({ names, outOfDate, permissionSetArns }: Story): string[] {
  const lineOf = ([arn, ids]: readonly [string, readonly string[]]) => {
    const subject = permissionSetArns.length === 1 ? '' : `${plain(permissionSetLabel(arn, names))}: `
    const some = `${count(ids.length, 'account')} ${ids.length === 1 ? 'does' : 'do'}`
    return `${subject}${some} not hold the latest version: ${listed(ids, plain, maxAccounts)}.`
  }
  return withRest([...outOfDate], lineOf, { most: maxCauses }, ({ length }) => `… and ${length} more permission sets.`)
}
