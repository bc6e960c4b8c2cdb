import { passes, type Verdict, verdicts } from '../src/verdict.ts'
import type { EndedStep } from './action.ts'
import { commandsIn, foreignCommandsIn } from './commands.ts'
import { faultsInOutputs, shortened } from './outputs.ts'
import type { Expected, Scene } from './row.ts'
import { leaksIn, placesOf, unmaskedIn } from './secrets.ts'

/** What is not as expected of a step that has ended; empty when all is. */
export function complaintsAbout(step: EndedStep, expected: Expected, scene: Scene): string[] {
  if (step.killed) return ['it had to be killed']
  return [
    ...verdictComplaints(step, expected),
    ...timeComplaints(step, expected),
    ...faultsInOutputs(step.outputs, scene.requests),
    ...outputComplaints(step, expected, scene),
    ...toldComplaints(step, expected),
    ...leaksIn(placesOf(step, scene.comments), [...scene.secrets, ...scene.wire.secrets]),
    ...unmaskedIn(step.stdout, obtainedIn(scene)),
    ...(expected.check?.(step, scene) ?? []),
  ]
}

/** What was handed out on the way, apart from what the step was given. */
function obtainedIn({ wire, secrets }: Scene): string[] {
  return [...wire.secrets].filter((secret) => !secrets.has(secret))
}

export function expectedVerdicts({ verdict }: Expected): readonly Verdict[] {
  return typeof verdict === 'string' ? [verdict] : verdict
}

function verdictComplaints({ outputs, exitCode, signal }: EndedStep, expected: Expected): string[] {
  const verdict = verdicts.find((known) => known === outputs['verdict'])
  const complaints: string[] = []
  if (verdict === undefined || !expectedVerdicts(expected).includes(verdict)) {
    complaints.push(`the verdict is ${outputs['verdict'] ?? 'missing'}`)
  }
  const exit = verdict !== undefined && passes(verdict) ? 0 : 1
  const cutOff = expected.mayEndBySignal && signal !== null && exit === 1
  if (exitCode !== exit && !cutOff) complaints.push(`it ended with ${signal ?? `exit code ${exitCode}`}`)
  return complaints
}

/** The time that the bound is about, in seconds. */
export function secondsOf({ durationMs, goneAfterMs }: EndedStep): number {
  return (goneAfterMs ?? durationMs) / 1_000
}

function timeComplaints(step: EndedStep, { seconds, secondsAtLeast = 0 }: Expected): string[] {
  const took = secondsOf(step)
  if (took > seconds) return [`it took ${took.toFixed(2)} s`]
  return step.durationMs / 1_000 < secondsAtLeast ? [`it took only ${(step.durationMs / 1_000).toFixed(2)} s`] : []
}

/** What the status makes plain of each output, and what the row says besides. */
function outputComplaints({ outputs, durationMs }: EndedStep, { status, outputs: others }: Expected, scene: Scene) {
  const known = status !== null
  const wanted: Partial<Record<string, string | RegExp>> = {
    status: status ?? '',
    'failure-reason': status === 'FAILED' ? /\S/ : '',
    'created-date': known ? /^\d{4}-/ : '',
    'permission-set-arn': known ? scene.simulator.permissionSetArn : '',
    'account-id': '',
    ...others?.(scene),
  }
  const complaints = Object.entries(wanted).flatMap(([name, value]) => {
    const seen = outputs[name] ?? ''
    const asWanted = value instanceof RegExp ? value.test(seen) : seen === value
    return asWanted ? [] : [`output ${name} is ${shortened(seen)}`]
  })
  if (Number(outputs['elapsed-seconds']) * 1_000 > durationMs) complaints.push('it waited longer than it ran')
  return complaints
}

/** One annotation with a title on a failure, none on success; a summary; a log without anybody else's commands; no stray output. */
function toldComplaints({ stdout, stderr, summary, exitCode }: EndedStep, { told }: Expected): string[] {
  const complaints = foreignCommandsIn(stdout).map(
    ({ name, message }) => `a foreign command ${name}: ${shortened(message)}`,
  )
  const errors = commandsIn(stdout).filter(({ name }) => name === 'error')
  if (errors.length !== (exitCode === 0 ? 0 : 1)) complaints.push(`${errors.length} error annotations`)
  for (const { properties, message } of errors) {
    if (!properties['title']?.trim() || message.trim() === '') complaints.push('an annotation without title or message')
    if (told && !told.test(message)) complaints.push(`people are told ${shortened(message, 400)}`)
  }
  if (summary.trim() === '') complaints.push('there is no summary')
  if (stderr !== '') complaints.push(`stderr holds ${shortened(stderr.replace(/\(node:\d+\)/g, '(node)'), 200)}`)
  return complaints
}
