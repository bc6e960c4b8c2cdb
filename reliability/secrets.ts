import type { EndedStep } from './action.ts'
import { linesIn } from './commands.ts'

/** A person can read a secret in more forms than the one it was given in. */
function formsOf(secret: string): string[] {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')]
  return [...new Set(forms)]
}

/** Where people, later steps and GitHub's API get to see something of a step. */
export function placesOf(step: EndedStep, comments: readonly string[] = []): ReadonlyMap<string, string> {
  const log = linesIn(step.stdout).filter((line) => !line.startsWith('::add-mask::'))
  return new Map([
    ['the log', log.join('\n')],
    ['stderr', step.stderr],
    ['the summary', step.summary],
    ['the outputs', JSON.stringify(step.outputs)],
    ['the comment', comments.join('\n')],
  ])
}

/** The places that show a secret. The secret itself is not told. */
export function leaksIn(places: ReadonlyMap<string, string>, secrets: Iterable<string>): string[] {
  const leaks: string[] = []
  for (const secret of secrets) {
    if (secret.length < 6) throw new Error('Too short to be told from other text')
    for (const [place, text] of places) {
      if (formsOf(secret).some((form) => text.includes(form)))
        leaks.push(`${place} shows a secret of ${secret.length} characters`)
    }
  }
  return leaks
}

/** Secrets that the action obtained itself, but did not register with the runner. */
export function unmaskedIn(stdout: string, obtained: Iterable<string>): string[] {
  const masked = new Set(linesIn(stdout).flatMap((line) => (line.startsWith('::add-mask::') ? [line.slice(12)] : [])))
  return [...obtained]
    .filter((secret) => !masked.has(secret))
    .map((secret) => `a secret of ${secret.length} characters is not masked`)
}
