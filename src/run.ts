import { connect } from './aws/connection.ts'
import { IdentityCenter } from './aws/identity-center.ts'
import type { TokenSource } from './aws/role-session.ts'
import { keepComment } from './github/comment.ts'
import { type Inputs, readInputs } from './inputs.ts'
import type { Clock } from './polling/clock.ts'
import { allowanceMs, type Deadline, deadlineAfter, withTimeLimit } from './polling/deadline.ts'
import { poll } from './polling/poll.ts'
import { RateLimit } from './polling/rate-limit.ts'
import { initialSnapshot } from './polling/snapshot.ts'
import { forLog } from './report/escape.ts'
import { linesBetween, logLine, openingLines } from './report/log-lines.ts'
import { internalError, invalidInputs, type Outcome, outcomeOf } from './report/outcome.ts'
import { publish, type ReportingRunner } from './report/publish.ts'
import type { Verdict } from './verdict.ts'

/** Everything outside of the action that it uses. */
export interface World {
  readonly environment: NodeJS.ProcessEnv
  readonly runner: ReportingRunner & TokenSource & { debug(message: string): void }
  readonly clock: Clock
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
  /** Wall-clock time, to compare with AWS's dates. */
  readonly date: () => Date
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal
  readonly version: string
}

/** The whole action: read the inputs, wait, publish how it ended. Every path sets all outputs. Never rejects. */
export async function run(world: World): Promise<Verdict> {
  const read = readInputs(world.environment)
  if (!read.ok) return publish(invalidInputs(read.problems, world.date()), world.runner)

  const inputs = read.value
  const deadline = deadlineAfter(world.clock, inputs.timeoutMs, world.cancel)
  const outcome = await waitFor(inputs, deadline, world).catch((error) => {
    world.runner.debug(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return internalError(error, world.date())
  })
  const verdict = await publish(outcome, world.runner)
  await comment(outcome, inputs, deadline, world)
  return verdict
}

/** Asks AWS until there is an outcome, and logs what changes. */
async function waitFor(inputs: Inputs, deadline: Deadline, world: World): Promise<Outcome> {
  const { clock, date, environment, random, runner, version } = world
  const startedAt = date()
  const connection = connect({ ...inputs, tokens: runner, environment, version, clock, date })
  const api = new IdentityCenter({ ...inputs, connection, clock, debug: runner.debug })
  const rateLimit = new RateLimit(clock)
  let snapshot = initialSnapshot(inputs.requests)
  try {
    for (const line of openingLines(inputs)) runner.info(line)
    for await (const next of poll({ ...inputs, untilFinished: inputs.wait, deadline, api, rateLimit, clock, random })) {
      for (const line of linesBetween(snapshot, next, inputs.region)) runner.info(line)
      snapshot = next
    }
    return outcomeOf(snapshot, inputs.region, startedAt)
  } finally {
    connection.close()
  }
}

/** Comments on the pull request if the inputs ask for that. A failure is a warning and does not change the verdict. */
async function comment(outcome: Outcome, inputs: Inputs, deadline: Deadline, world: World): Promise<void> {
  const { clock, environment, runner } = world
  if (inputs.commentMode === 'never') return
  // After a cancellation, a comment about it has one second. A comment that began before the cancellation ends at once.
  const isCancelled = outcome.verdict === 'cancelled'
  const limitMs = allowanceMs(clock, deadline, isCancelled ? 1_000 : 10_000, 4_600)
  const outer = isCancelled ? new AbortController().signal : deadline.cancel
  const comment = await withTimeLimit(clock, limitMs, outer, (signal) =>
    keepComment(outcome, { ...inputs, environment, signal }),
  )
  if (comment.ok) runner.info(logLine(outcome.elapsedMs, comment.text))
  else runner.warning(forLog(comment.text), { title: 'No comment on the pull request' })
}
