import { diagnose } from '../identity-center/diagnosis.ts'
import { factsOf } from '../identity-center/errors.ts'
import { operations } from '../identity-center/operations.ts'
import type { OperationName, RequestState } from '../request-state.ts'
import { passes, type RequestResult, type Verdict } from '../verdict.ts'
import type { Trouble } from '../wait/observer.ts'
import { formatDuration } from './duration.ts'

/** How the wait ended, with all that there is to tell about it. */
export interface Outcome {
  readonly verdict: Verdict
  readonly operation: OperationName
  readonly region: string
  readonly results: readonly RequestResult[]
  readonly accountsBehind: readonly string[]
  /** Names of permission sets, by ARN, as far as they could be learnt. */
  readonly names: ReadonlyMap<string, string>
  /** Wall-clock time at which the wait began. */
  readonly startedAt: Date
  readonly elapsedMs: number
  /** What kept statuses from being learnt; `null` when nothing did. */
  readonly trouble: Trouble | null
  /** Why nothing was asked at all: what is wrong with the inputs, or an error in the action itself. */
  readonly problems: readonly string[]
}

/** The requests that AWS says have failed. */
export function failedOf(results: readonly RequestResult[]): RequestState[] {
  return results.filter(({ state }) => state.status === 'FAILED').map(({ state }) => state)
}

/** The verdict in words. */
export function headlineOf({ verdict, operation, results, elapsedMs, problems, names }: Outcome): string {
  const name = names.get(results[0]?.state.permissionSetArn ?? '')
  const noun = name === undefined ? operations[operation].noun : `${operations[operation].noun} of ${name}`
  const total = results.length
  const count = (matches: (result: RequestResult) => boolean) => results.filter(matches).length
  const subject = (some: number) => (total === 1 ? noun : `${some} of ${total} requests`)
  const after = formatDuration(elapsedMs)
  switch (verdict) {
    case 'succeeded':
      return total === 0 ? 'Nothing to wait for' : total === 1 ? `${noun} succeeded` : `All ${total} requests succeeded`
    case 'in-progress':
      return `${subject(count(({ state }) => state.status === 'IN_PROGRESS'))} still in progress`
    case 'failed':
      return `${subject(failedOf(results).length)} failed`
    case 'timed-out':
      return `${subject(count(({ state }) => state.status !== 'SUCCEEDED'))} not finished after ${after}`
    case 'cancelled':
      return `Cancelled after ${after}; AWS carries on`
    case 'error':
      return problems.length > 0
        ? 'Nothing was waited for'
        : total === 1
          ? `The status of the request could not be learnt`
          : `The status of ${count(({ givenUp }) => givenUp)} of ${total} requests could not be learnt`
  }
}

/** Why requests failed, in AWS's own words and so untrusted; the same reason once, with the requests that it is about. */
export function reasonsOf({ results }: Outcome): string[] {
  return grouped(results, ({ state }) =>
    state.status === 'FAILED' ? (state.failureReason ?? 'AWS gave no reason.') : null,
  )
}

/** What kept statuses from being learnt, or anything from being asked. Quotes AWS, so untrusted. */
export function errorsOf({ verdict, results, trouble, problems }: Outcome): string[] {
  if (passes(verdict)) return []
  const errors = grouped(results, ({ error }) => error)
  const last =
    errors.length === 0 && problems.length === 0 && verdict === 'timed-out' && trouble ? [trouble.message] : []
  return [...problems, ...errors, ...last]
}

/** What to do next, in our own words, the most specific first, without repeats. */
export function nextStepsOf({ verdict, operation, results, trouble, problems }: Outcome): string[] {
  if (verdict === 'succeeded') return []
  const steps = failedOf(results).flatMap(({ failureReason }) => {
    const diagnosis = diagnose(failureReason ?? '')
    return diagnosis ? [`Likely cause: ${diagnosis.cause} ${diagnosis.remedy}`] : []
  })
  if (verdict === 'failed' && steps.length === 0) {
    steps.push(
      `Mend the cause that AWS names, call ${operations[operation].startedBy} again and wait for the new request: a failed one is never taken up again.`,
    )
  }
  if (verdict !== 'in-progress' && trouble?.remedy) steps.push(trouble.remedy)
  if (verdict === 'timed-out' || verdict === 'cancelled' || verdict === 'in-progress') {
    steps.push(
      'AWS carries on with what was started. Rerun this step with the same request IDs to learn how it ends; the deploy need not run again.',
    )
  }
  if (verdict === 'timed-out') steps.push("If it usually takes longer, raise 'timeout-minutes'.")
  if (problems.length > 0 && trouble === null)
    steps.push("Correct the step's inputs ('with:') in the workflow, then run it again.")
  return [...new Set(steps)]
}

/** Texts about requests, the same text once, with the requests that it is about where there are others. */
function grouped(results: readonly RequestResult[], textOf: (result: RequestResult) => string | null): string[] {
  const requestsByText = new Map<string, string[]>()
  for (const result of results) {
    const text = textOf(result)
    if (text !== null) requestsByText.set(text, [...(requestsByText.get(text) ?? []), result.state.requestId])
  }
  return [...requestsByText].map(([text, [first, ...others]]) => {
    if (results.length === 1) return text
    return others.length === 0 ? `${first}: ${text}` : `${first} and ${others.length} more: ${text}`
  })
}

/** The outcome when the inputs are wrong: nothing was asked. */
export function rejectedOutcome(problems: readonly string[], startedAt: Date): Outcome {
  return {
    verdict: 'error',
    operation: 'provision-permission-set',
    region: '',
    results: [],
    accountsBehind: [],
    names: new Map(),
    startedAt,
    elapsedMs: 0,
    trouble: null,
    problems,
  }
}

/** The outcome when something happened that the action does not foresee: a defect, which still ends in a report. */
export function defectOutcome(error: unknown, startedAt: Date): Outcome {
  const { name, message } = factsOf(error)
  const problem = `The action failed unexpectedly (${name}: ${message})`
  const remedy = 'This is a defect of the action. Please report it, with the log of a run with debug logging on.'
  const trouble: Trouble = { effect: 'refused', scope: 'set', code: 'defect', message: problem, remedy }
  return { ...rejectedOutcome([problem], startedAt), trouble }
}
