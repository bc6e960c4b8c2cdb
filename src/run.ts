import { connect } from './aws/connection.ts'
import { factsOf, stackOf } from './aws/errors/facts.ts'
import { IdentityCenter } from './aws/identity-center.ts'
import { keepComment } from './github/comment.ts'
import { type Files, readRequestFile } from './github/request-file.ts'
import type { Runner } from './github/runner.ts'
import { type CommentRequest, commentDespiteProblems, type Inputs, readInputs } from './inputs.ts'
import { forLog } from './report/escape.ts'
import { linesBetween, logLine, openingLines } from './report/log-lines.ts'
import { cancelledBefore, internalError, invalidInputs, type Outcome, outcomeOf } from './report/outcome.ts'
import { publish } from './report/publish.ts'
import type { Verdict } from './requests/verdict.ts'
import { poll } from './wait/poll.ts'
import { initialSnapshot, type Snapshot } from './wait/snapshot/snapshot.ts'
import type { Clock } from './wait/time/clock.ts'
import { allowanceMs, type Deadline, deadlineAfter, neverAborted, withTimeLimit } from './wait/time/deadline.ts'
import { RateLimit } from './wait/time/rate-limit.ts'

/** Everything outside of the action that it uses. */
export interface World {
  readonly environment: NodeJS.ProcessEnv
  readonly runner: Runner
  readonly files: Files
  readonly clock: Clock
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
  /** Wall-clock time, to compare with AWS's dates. */
  readonly date: () => Date
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal
  readonly version: string
}

/** The longest time for the comment, in milliseconds: in general, after a cancellation, and past the deadline. */
const commentMs = 10_000
const commentAfterCancellationMs = 1_000
const commentGraceMs = 4_600

/** The whole action: read the inputs, wait, publish how it ended. Rejects only with a defect of its own. */
export async function run(world: World): Promise<Verdict> {
  const { cancel, clock, date, environment } = world
  const read = readInputs(environment, await readRequestFile(world))
  if (!read.ok) {
    const outcome = cancel.aborted ? cancelledBefore(date()) : invalidInputs(read.problems, date())
    return report(outcome, commentDespiteProblems(environment), deadlineAfter(clock, commentMs, cancel), world)
  }
  const deadline = deadlineAfter(clock, read.value.timeoutMs, cancel)
  return report(await waitFor(read.value, deadline, world), read.value, deadline, world)
}

/** Publishes the outcome, and then comments on it if that is asked for. */
async function report(outcome: Outcome, request: CommentRequest, deadline: Deadline, world: World): Promise<Verdict> {
  const verdict = await publish(outcome, world.runner)
  if (request.commentMode !== 'never') await comment(outcome, request, deadline, world)
  return verdict
}

/** Waits until there is an outcome, and logs what changes. */
async function waitFor(inputs: Inputs, deadline: Deadline, world: World): Promise<Outcome> {
  const { date, runner } = world
  const startedAt = date()
  let snapshot = initialSnapshot(inputs.requests, inputs)
  try {
    for (const line of openingLines(inputs)) runner.info(line)
    for await (const next of askAws(inputs, deadline, world)) {
      for (const line of linesBetween(snapshot, next, inputs.region)) runner.info(line)
      snapshot = next
    }
    return outcomeOf(snapshot, inputs.region, startedAt)
  } catch (error) {
    runner.debug(stackOf(error, runner.secrets))
    return internalError(error, outcomeOf(snapshot, inputs.region, startedAt), runner.secrets)
  }
}

/** Connects to AWS, and yields what is known after each answer, until the wait is over. */
async function* askAws(inputs: Inputs, deadline: Deadline, world: World): AsyncGenerator<Snapshot, void> {
  const { instanceArn, pollIntervalMs, region, requests, role } = inputs
  const { clock, date, environment, random, runner, version } = world
  const connection = connect({ region, role, tokens: runner, environment, version, clock, date })
  try {
    const api = new IdentityCenter({ connection, instanceArn, region, clock, debug: runner.debug })
    const rateLimit = new RateLimit(clock)
    const isLogged = (before: Snapshot, after: Snapshot) => linesBetween(before, after, region).length > 0
    yield* poll({ requests, goal: inputs, pollIntervalMs, deadline, api, rateLimit, clock, random, date, isLogged })
  } finally {
    connection.close()
  }
}

/** Comments on the pull request. A failure is a warning and does not change the verdict. */
async function comment(outcome: Outcome, request: CommentRequest, deadline: Deadline, world: World): Promise<void> {
  const { clock, environment, runner } = world
  // A comment about a cancellation is not ended by it. A comment that began before the cancellation ends at once.
  const isCancelled = outcome.verdict === 'cancelled'
  const wishMs = isCancelled ? commentAfterCancellationMs : commentMs
  const limitMs = allowanceMs(clock, deadline, wishMs, commentGraceMs)
  const result = await withTimeLimit(clock, limitMs, isCancelled ? neverAborted : deadline.cancel, (signal) =>
    keepComment(outcome, { ...request, environment, clock, secrets: runner.secrets, signal }),
  ).catch((error: unknown) => ({ ok: false, text: factsOf(error, runner.secrets).message }))
  if (result.ok) runner.info(logLine(outcome.elapsedMs, result.text))
  else runner.warning(forLog(result.text), { title: 'No comment on the pull request' })
}
