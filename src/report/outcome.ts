import { type Diagnosis, diagnose } from '../aws/diagnosis.ts'
import { factsOf } from '../aws/errors/facts.ts'
import { operations } from '../aws/operations.ts'
import type { Trouble } from '../polling/api.ts'
import { isFinished, type OperationName } from '../request.ts'
import { passes, type RequestResult, type Verdict } from '../verdict.ts'
import { formatDuration } from './duration.ts'

/** How the wait ended, with all that there is to tell about it. */
export interface Outcome {
  readonly verdict: Verdict
  readonly operation: OperationName
  readonly region: string
  readonly results: readonly RequestResult[]
  /** IDs of the accounts that do not hold the latest version of a permission set, by its ARN. */
  readonly accountsBehind: ReadonlyMap<string, readonly string[]>
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

/** Requests that failed alike. */
export interface Failure {
  readonly requestIds: readonly string[]
  /** AWS's own words, verbatim and so untrusted. */
  readonly reason: string
  /** What is likely behind it, in our own words; `null` where nothing is known. */
  readonly diagnosis: Diagnosis | null
}

/** Why requests failed: each reason once, with the requests that it is about. */
export function failuresOf({ results }: Outcome): Failure[] {
  const failed = results.filter(({ state }) => state.status === 'FAILED')
  const requestIdsByReason = grouped(failed, ({ state }) => state.failureReason ?? '')
  return [...requestIdsByReason].map(([reason, requestIds]) => ({
    requestIds,
    reason: reason || 'AWS gave no reason.',
    diagnosis: diagnose(reason),
  }))
}

/** The verdict in words. A permission set's name is passed through `style`, for where names need care. */
export function headlineOf(
  { verdict, operation, results, elapsedMs, problems, names, trouble }: Outcome,
  style: (name: string) => string = (name) => name,
): string {
  const total = results.length
  const name = names.get(results[0]?.state.permissionSetArn ?? '')
  const noun = name === undefined ? operations[operation].noun : `${operations[operation].noun} of ${style(name)}`
  const after = formatDuration(elapsedMs)
  const count = (matches: (result: RequestResult) => boolean) => results.filter(matches).length
  const subject = (some: number) =>
    total === 1 ? noun : some === total ? `All ${total} requests` : `${some} of ${total} requests`
  switch (verdict) {
    case 'succeeded':
      return total === 0 ? 'Nothing to wait for' : `${subject(total)} succeeded`
    case 'in-progress': {
      const unfinished = count(isUnfinished)
      return `${subject(unfinished)} ${unfinished === 1 ? 'is' : 'are'} still in progress`
    }
    case 'failed': {
      const unfinished = count(isUnfinished)
      return `${subject(count(({ state }) => state.status === 'FAILED'))} failed${unfinished > 0 ? `, ${unfinished} had not finished` : ''}`
    }
    case 'timed-out':
      return `${subject(count(isUnfinished))} had not finished after ${after}`
    case 'cancelled': {
      const unfinished = count(isUnfinished)
      return `Cancelled after ${after}${total > 1 && unfinished > 0 ? `; ${unfinished} of ${total} requests had not finished` : ''}`
    }
    case 'error':
      if (problems.length > 0) return 'Nothing was waited for'
      if (total === 1) return trouble?.title ?? 'The status of the request could not be read'
      return `${count(({ givenUp }) => givenUp)} of ${total} requests could not be read`
  }
}

/** Requests that could not be read for the same cause. */
export interface Unread {
  readonly requestIds: readonly string[]
  /** Quotes AWS, so untrusted. */
  readonly error: string
}

/** What kept statuses from being learnt: each cause once, with the requests that it is about. */
export function unreadOf({ verdict, results, trouble }: Outcome): Unread[] {
  if (passes(verdict)) return []
  const unread = results.filter(({ error }) => error !== null)
  if (unread.length === 0 && verdict === 'timed-out' && trouble) return [{ requestIds: [], error: trouble.message }]
  return [...grouped(unread, ({ error }) => error ?? '')].map(([error, requestIds]) => ({ requestIds, error }))
}

/** What to do next, in our own words, apart from what a failure's own diagnosis says. */
export function nextStepsOf({ verdict, operation, results, trouble, problems }: Outcome): string[] {
  if (verdict === 'succeeded') return []
  const steps: string[] = []
  if (verdict === 'failed') {
    steps.push(
      `When the cause is mended, call ${operations[operation].startedBy} again and wait for the new request: AWS does not take up a failed one again.`,
    )
  }
  if (verdict !== 'in-progress' && trouble?.remedy) steps.push(trouble.remedy)
  if (verdict !== 'error' && (verdict === 'cancelled' || results.some(isUnfinished))) {
    steps.push(
      'AWS carries on with what was started. Wait for the same request IDs again to learn how it ends; the deploy need not run again.',
    )
  }
  if (verdict === 'timed-out') steps.push("If it usually takes longer, raise 'timeout-minutes'.")
  if (problems.length > 0 && trouble === null) {
    steps.push("Correct the step's inputs ('with:') in the workflow, then run it again.")
  }
  return steps
}

/** Some request IDs, for a sentence. */
export function listed(requestIds: readonly string[]): string {
  const shown = requestIds.slice(0, 3).join(', ')
  return requestIds.length > 3 ? `${shown} and ${requestIds.length - 3} more` : shown
}

function isUnfinished({ state, givenUp }: RequestResult): boolean {
  return !givenUp && !isFinished(state.status)
}

/** The IDs of requests by a text about them. */
function grouped(results: readonly RequestResult[], textOf: (result: RequestResult) => string): Map<string, string[]> {
  const requestIds = new Map<string, string[]>()
  for (const result of results) {
    const text = textOf(result)
    const alike = requestIds.get(text)
    if (alike) alike.push(result.state.requestId)
    else requestIds.set(text, [result.state.requestId])
  }
  return requestIds
}

/** The IDs of all accounts that are behind with any permission set, sorted. */
export function everyAccountBehind({ accountsBehind }: Outcome): string[] {
  return [...new Set([...accountsBehind.values()].flat())].sort()
}

/** The outcome when the inputs are wrong: nothing was asked. */
export function rejectedOutcome(problems: readonly string[], startedAt: Date): Outcome {
  return {
    verdict: 'error',
    operation: 'provision-permission-set',
    region: '',
    results: [],
    accountsBehind: new Map(),
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
  const title = 'The action failed unexpectedly'
  const trouble: Trouble = { effect: 'refused', scope: 'every-call', code: 'defect', title, message: problem, remedy }
  return { ...rejectedOutcome([problem], startedAt), trouble }
}
