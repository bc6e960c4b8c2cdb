import { connect } from './aws/connection.ts'
import type { Wording } from './aws/errors/context.ts'
import { factsOf, stackOf } from './aws/errors/facts.ts'
import { identityCenterApi } from './aws/identity-center.ts'
import { keepComment } from './github/comment.ts'
import { type Files, readRequestFile } from './github/request-file.ts'
import type { Runner } from './github/runner.ts'
import { rulesOf } from './goals/goal-rules.ts'
import { type CommentRequest, commentDespiteProblems } from './inputs/comment.ts'
import type { Parsed } from './inputs/parsed.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { forLog } from './report/escape.ts'
import { startLog } from './report/log.ts'
import { logLine, openingLines } from './report/log-lines.ts'
import { internalError, notAsked, type Outcome, outcomeOf } from './report/outcome.ts'
import { publish } from './report/publish.ts'
import { type Story, tell } from './report/story.ts'
import type { Verdict } from './requests/verdict.ts'
import { endingOf } from './wait/ending.ts'
import { initialState, type State } from './wait/state/state.ts'
import type { Observer } from './wait/store.ts'
import type { Clock } from './wait/time/clock.ts'
import { allowanceMs, type Deadline, deadlineAfter, neverAborted, withTimeLimit } from './wait/time/deadline.ts'
import { rateLimitOn } from './wait/time/rate-limit.ts'
import { type Waited, type WaitOptions, wait } from './wait/wait.ts'

/** Everything outside of the action that it uses. */
export interface World {
  readonly environment: NodeJS.ProcessEnv
  readonly runner: Runner
  readonly wording: Wording
  readonly files: Files
  readonly clock: Clock
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
  /** Wall-clock time, to compare with AWS's dates. */
  readonly date: () => Date
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal
  readonly version: string
  /** Gets all that is known, whenever it has changed. Never throws. */
  readonly watch?: (state: State) => void
}

/** The longest time for the comment, in milliseconds: in general, after a cancellation, and past the deadline. */
const commentMs = 10_000
const commentAfterCancellationMs = 1_000
const commentGraceMs = 4_600

/** The whole action: read the inputs, wait, publish how it ended. Rejects only with a defect of its own. */
export async function run(world: World): Promise<Verdict> {
  return act(readInputs(world.environment, await readRequestFile(world)), world, world.clock.now())
}

/**
 * What comes after the inputs are read.
 *
 * @param startedAtMs when the time-out began
 */
export async function act(read: Parsed<Inputs>, world: World, startedAtMs: number): Promise<Verdict> {
  const { cancel, clock, date, environment } = world
  if (!read.ok) {
    const known: Partial<Outcome> = cancel.aborted
      ? { verdict: 'cancelled' }
      : { verdict: 'error', problems: read.problems }
    const commentDeadline = deadlineAfter(clock, commentMs, cancel)
    return report(notAsked(date(), known), commentDespiteProblems(environment), commentDeadline, world)
  }
  const deadline = deadlineAfter(clock, read.value.timeoutMs - (clock.now() - startedAtMs), cancel)
  return report(await waitFor(read.value, deadline, world), read.value, deadline, world)
}

/** Publishes the outcome, and then comments on it if that is asked for. */
async function report(outcome: Outcome, request: CommentRequest, deadline: Deadline, world: World): Promise<Verdict> {
  const story = tell(outcome, world.wording.own)
  const verdict = await publish(story, world.runner)
  if (request.commentMode !== 'never') await comment(story, request, deadline, world)
  return verdict
}

/** Waits until there is an outcome, and logs what changes. */
async function waitFor(inputs: Inputs, deadline: Deadline, world: World): Promise<Outcome> {
  const { clock, date, runner } = world
  const startedAt = date()
  const rules = rulesOf(inputs)
  const debug = (error: unknown) => runner.debug(stackOf(error, runner.secrets))
  const log = startLog({ clock, info: runner.info, onDefect: debug, until: inputs.until, region: inputs.region })
  let known = initialState(inputs.requests, rules.scope)
  const observe: Observer = (before, after) => {
    known = after
    log.show(before, after)
    world.watch?.(after)
  }
  try {
    for (const line of openingLines(inputs)) runner.info(line)
    return outcomeOf(await askAws(inputs, { rules, deadline, observe }, world), inputs, inputs.region, startedAt)
  } catch (error) {
    debug(error)
    const ending = endingOf(known, rules, false)
    return internalError(error, outcomeOf({ ending, state: known }, inputs, inputs.region, startedAt), runner.secrets)
  } finally {
    log.stop()
  }
}

/** Connects to AWS, and asks until the wait is over. */
async function askAws(
  { instanceArn, pollIntervalMs, region, requests, role }: Inputs,
  waiting: Pick<WaitOptions, 'rules' | 'deadline' | 'observe'>,
  { clock, date, environment, random, runner, version, wording }: World,
): Promise<Waited> {
  const connection = connect({ region, role, tokens: runner, environment, version, wording, clock, date })
  try {
    const api = identityCenterApi({ connection, instanceArn, region, clock, debug: runner.debug })
    return await wait({ ...waiting, requests, pollIntervalMs, api, rateLimit: rateLimitOn(clock), clock, random })
  } finally {
    connection.close()
  }
}

/** Comments on the pull request. A failure is a warning and does not change the verdict. */
async function comment(story: Story, request: CommentRequest, deadline: Deadline, world: World): Promise<void> {
  const { clock, environment, runner } = world
  // A comment about a cancellation is not ended by it. A comment that began before the cancellation ends at once.
  const isCancelled = story.verdict === 'cancelled'
  const wishMs = isCancelled ? commentAfterCancellationMs : commentMs
  const limitMs = allowanceMs(clock, deadline, wishMs, commentGraceMs)
  const result = await withTimeLimit(clock, limitMs, isCancelled ? neverAborted : deadline.cancel, (signal) =>
    keepComment(story, { ...request, environment, clock, secrets: runner.secrets, signal }),
  ).catch((error: unknown) => ({ ok: false, text: factsOf(error, runner.secrets).message }))
  if (result.ok) runner.info(logLine(story.elapsedMs, result.text))
  else runner.warning(forLog(result.text), { title: 'No comment on the pull request' })
}
