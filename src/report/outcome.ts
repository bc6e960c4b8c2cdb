import { diagnose } from '../identity-center/diagnosis.ts'
import { operations } from '../identity-center/operations.ts'
import type { OperationName, RequestState } from '../request-state.ts'
import type { RequestResult, Verdict } from '../verdict.ts'
import type { Trouble } from '../wait/observer.ts'
import { formatDuration } from './duration.ts'

/** How the wait ended, with all that there is to tell about it. */
export interface Outcome {
  readonly verdict: Verdict
  readonly operation: OperationName
  readonly results: readonly RequestResult[]
  readonly accountsBehind: readonly string[]
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
export function headlineOf({ verdict, operation, results, elapsedMs, problems }: Outcome): string {
  const { noun } = operations[operation]
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
        ? 'Nothing was asked of AWS'
        : total === 1
          ? `The status of the request could not be learnt`
          : `The status of ${count(({ givenUp }) => givenUp)} of ${total} requests could not be learnt`
  }
}

/** What happened, beyond the headline: AWS's reason, or what kept statuses from being learnt. Holds AWS's words, so untrusted. */
export function causesOf({ verdict, results, trouble, problems }: Outcome): string[] {
  const reasons = failedOf(results).map(({ requestId, failureReason }) => {
    const reason = failureReason ?? 'AWS gave no reason.'
    return results.length === 1 ? reason : `${requestId}: ${reason}`
  })
  const errors = verdict === 'succeeded' || verdict === 'in-progress' ? [] : errorsOf(results)
  const last = verdict === 'timed-out' && errors.length === 0 && trouble !== null ? [trouble.message] : []
  return [...problems, ...reasons, ...errors, ...last]
}

/** What to do next, in our own words, the most specific first, without repeats. */
export function nextStepsOf({ verdict, operation, results, trouble, problems }: Outcome): string[] {
  if (verdict === 'succeeded') return []
  const steps = failedOf(results).flatMap(({ failureReason }) => {
    const diagnosis = diagnose(failureReason ?? '')
    return diagnosis ? [`${diagnosis.cause} ${diagnosis.remedy}`] : []
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

/** Why statuses could not be learnt, the same cause once. */
function errorsOf(results: readonly RequestResult[]): string[] {
  const requestsByError = new Map<string, string[]>()
  for (const { error, state } of results) {
    if (error !== null) requestsByError.set(error, [...(requestsByError.get(error) ?? []), state.requestId])
  }
  return [...requestsByError].map(([error, [first, ...others]]) => {
    if (results.length === 1 || others.length === results.length - 1) return error
    return others.length === 0 ? `${first}: ${error}` : `${first} and ${others.length} more: ${error}`
  })
}
