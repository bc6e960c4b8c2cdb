import { accountProgress, accountsStillBehind } from './aws/accounts.ts'
import { connect } from './aws/connection.ts'
import { IdentityCenter } from './aws/identity-center.ts'
import { PermissionSetNames } from './aws/permission-sets.ts'
import type { TokenSource } from './aws/role-session.ts'
import { keepComment } from './github/comment.ts'
import { type Inputs, readInputs } from './inputs.ts'
import type { Change } from './polling/board.ts'
import { Budget } from './polling/budget.ts'
import { abortable, type Clock, withTimeLimit } from './polling/clock.ts'
import { wait } from './polling/wait.ts'
import { forLog } from './report/escape.ts'
import { logLine, WaitLog } from './report/log.ts'
import { defectOutcome, type Outcome, rejectedOutcome } from './report/outcome.ts'
import { type ReportingRunner, report } from './report/report.ts'
import { type Verdict, verdictOf } from './verdict.ts'

/** Everything outside that the action touches. */
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

/** The whole action: inputs, wait, report, verdict. Every path ends in a report, and so in all outputs. */
export async function run(world: World): Promise<Verdict> {
  const { clock, environment, runner } = world
  const read = readInputs(environment)
  if (!read.ok) {
    const outcome = rejectedOutcome(read.problems, world.date())
    await report(outcome, runner)
    return outcome.verdict
  }

  const allowedMs = afterwards(world, read.value.timeoutMs)
  const outcome = await waitFor(read.value, world, allowedMs).catch((error) => {
    runner.debug(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return defectOutcome(error, world.date())
  })
  const outputsWritten = await report(outcome, runner)

  if (read.value.commentMode !== 'never') {
    // A cancellation leaves a moment to a comment about it, and none to one that was already being made.
    const cancelled = outcome.verdict === 'cancelled'
    const limitMs = allowedMs(cancelled ? 1_000 : 10_000, 4_600)
    const outer = cancelled ? new AbortController().signal : world.cancel
    const comment = await withTimeLimit(clock, limitMs, outer, (signal) =>
      keepComment(outcome, { ...read.value, environment, signal }),
    )
    if (comment.ok) runner.info(logLine(outcome.elapsedMs, comment.text))
    else runner.warning(forLog(comment.text), { title: 'No comment on the pull request' })
  }
  return outputsWritten ? outcome.verdict : 'error'
}

async function waitFor(inputs: Inputs, world: World, allowedMs: Allowance): Promise<Outcome> {
  const { cancel, clock, runner } = world
  const { instanceArn, operation, region } = inputs
  const requestIds = inputs.requests.map(({ requestId }) => requestId)
  const startedAt = world.date()
  const connection = connect({ ...inputs, ...world, tokens: runner })
  const budget = new Budget(clock)
  const identityCenter = new IdentityCenter({
    connection,
    instanceArn,
    region,
    operation,
    budget,
    clock,
    debug: runner.debug,
    onDropped: (action) => log.line(`The role may not call ${action}; going on without it`),
  })
  const log = new WaitLog({
    info: runner.info,
    clock,
    inputs: { ...inputs, requestIds },
    countAccounts: (permissionSetArn, signal) => accountProgress(identityCenter, permissionSetArn, signal),
  })

  const over = new AbortController()
  const names = new PermissionSetNames(identityCenter, over.signal, log.named)
  const onChange = (change: Change) => {
    log.changed(change)
    if (change.kind === 'status' && change.state.status !== 'SUCCEEDED') names.lookUp(change.state.permissionSetArn)
  }
  try {
    log.begin()
    const { ending, results, elapsedMs, trouble } = await wait({
      requestIds,
      observer: identityCenter,
      budget,
      clock,
      random: world.random,
      timeoutMs: inputs.timeoutMs,
      pollIntervalMs: inputs.pollIntervalMs,
      untilFinished: inputs.wait,
      cancel,
      onChange,
      onLooked: log.looked,
      onListRefused: log.listRefused,
    })
    log.end()

    const verdict = verdictOf(results, ending)
    // One request that had succeeded before is all that many a step sees, and needs no name.
    if (results.length > 1) for (const { state } of results) names.lookUp(state.permissionSetArn)
    const needsAccounts = verdict === 'failed' || verdict === 'timed-out'
    const accountsBehind = await withTimeLimit(
      clock,
      allowedMs(needsAccounts ? 10_000 : 1_000, 3_800),
      cancel,
      async (signal) => {
        const [accounts] = await Promise.all([
          needsAccounts ? accountsStillBehind(identityCenter, results, signal) : new Map<string, readonly string[]>(),
          abortable(signal, names.settled()).catch(() => {}),
        ])
        return accounts
      },
    )
    return {
      verdict,
      operation,
      region,
      results,
      accountsBehind,
      names: names.known,
      startedAt,
      elapsedMs,
      trouble,
      problems: [],
    }
  } finally {
    log.end()
    over.abort()
    connection.close()
  }
}

/** Milliseconds that something done after the wait may take: as many as it wishes, and none past so long after the deadline. */
type Allowance = (wishMs: number, afterDeadlineMs: number) => number

function afterwards({ clock }: World, timeoutMs: number): Allowance {
  const deadline = clock.now() + timeoutMs
  return (wishMs, afterDeadlineMs) => Math.max(0, Math.min(wishMs, deadline + afterDeadlineMs - clock.now()))
}
