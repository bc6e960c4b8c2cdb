import { createRunnerLog } from '../../../simulator/runner-log.ts'
import type { Step } from '../../support/step.ts'

/** What the reader of a job sees of a step: the log as the runner shows it, without debug lines, and the summary. */
export function seenOf({ stdout, stderr, summary }: Step): { log: string; summary: string } {
  const show = createRunnerLog()
  return { log: sorted(stable(show(`${stdout}\n`).trimEnd() + stderr)), summary: stable(summary) }
}

/**
 * Puts `#` for each digit that differs from run to run: of times of day, of a drawing's milliseconds since 1970, and of lengths of time
 * in tenths of a second. All else is kept, widths included, so that what is aligned is seen to be. The tests choose the request IDs.
 */
export function stable(text: string): string {
  return text.replace(/\b\d\d:\d\d:\d\d\b|\b\d{13}\b|\b\d+\.\d(?=(?: |&nbsp;)s\b)/g, (varying) =>
    varying.replace(/\d/g, '#'),
  )
}

/** Sorts lines that come from calls at the same time, and so in any order: failures in a row, and names in a row. */
function sorted(log: string): string {
  return log.replace(/(?:^.* s {2}\S.*\) {2}FAILED: .*\n)+|(?:^.* s {2}Permission set \S+ is .*\n)+/gm, (lines) =>
    lines.trimEnd().split('\n').sort().concat('').join('\n'),
  )
}
