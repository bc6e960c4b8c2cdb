import { accountProgress, accountsBehindOnAny } from './identity-center/accounts.ts'
import { connect } from './identity-center/client.ts'
import type { TokenSource } from './identity-center/credentials.ts'
import { IdentityCenter } from './identity-center/identity-center.ts'
import { operations } from './identity-center/operations.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { formatDuration } from './report/duration.ts'
import { WaitLog } from './report/log.ts'
import type { Outcome } from './report/outcome.ts'
import { type ReportingRunner, report } from './report/report.ts'
import { type RequestResult, type Verdict, verdictOf } from './verdict.ts'
import { Budget } from './wait/budget.ts'
import { type Clock, withTimeLimit } from './wait/clock.ts'
import { wait } from './wait/wait.ts'

/** Everything outside that the action touches. */
export interface World {
  readonly environment: NodeJS.ProcessEnv
  readonly runner: ReportingRunner & TokenSource & { debug(message: string): void }
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Wall-clock time, to compare with AWS's dates. */
  readonly date: () => Date
  /** Aborted when the job is cancelled. */
  readonly cancel: AbortSignal
  readonly version: string
}

/**
 * The whole action: inputs, wait, report, verdict. Every path ends in a report, and so in all outputs. Never rejects but when the
 * report itself cannot be made.
 */
export async function run(world: World): Promise<Verdict> {
  const read = readInputs(world.environment)
  const outcome = read.ok
    ? await waitFor(read.inputs, world).catch((error) => defect(error, world))
    : rejected(read.problems, world)
  await report(outcome, world.runner)
  return outcome.verdict
}

async function waitFor(inputs: Inputs, world: World): Promise<Outcome> {
  const { clock, runner, cancel } = world
  const { instanceArn, operation, region, requestIds, role, timeoutMs } = inputs
  const startedAt = world.date()
  const connection = connect({
    region,
    role,
    tokens: runner,
    environment: world.environment,
    userAgent: userAgent(world),
  })
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
    total: requestIds.length,
    countAccounts: (permissionSetArn, signal) => accountProgress(identityCenter, permissionSetArn, signal),
  })

  const waitIsOver = new AbortController()
  try {
    log.line(openingLine(inputs))
    log.keepAlive(waitIsOver.signal)
    const { ending, results, elapsedMs, trouble } = await wait({
      requestIds,
      observer: identityCenter,
      budget,
      clock,
      random: world.random,
      timeoutMs,
      pollIntervalMs: inputs.pollIntervalMs,
      untilFinished: inputs.wait,
      cancel,
      onChange: log.changed,
      onLooked: log.looked,
      onListRefused: () =>
        log.line(`${operations[operation].listAction} is not allowed; each request is described instead`),
    })
    waitIsOver.abort()

    const verdict = verdictOf(results, ending)
    const accountsBehind =
      verdict === 'failed' || verdict === 'timed-out'
        ? await withTimeLimit(clock, accountsLimitMs(timeoutMs - elapsedMs), cancel, (signal) =>
            accountsBehindOnAny(identityCenter, permissionSetsOf(results), signal),
          )
        : []
    return { verdict, operation, results, accountsBehind, startedAt, elapsedMs, trouble, problems: [] }
  } finally {
    waitIsOver.abort()
    connection.close()
  }
}

/** Listing accounts may take its time, but not past the deadline for long: by then the last look has taken half of the 5 s allowed. */
function accountsLimitMs(untilDeadlineMs: number): number {
  return Math.min(Math.max(0, untilDeadlineMs) + 1_500, 10_000)
}

/** The permission sets that some account may be behind on. */
function permissionSetsOf(results: readonly RequestResult[]): Set<string> {
  return new Set(results.flatMap(({ state }) => (state.status === 'SUCCEEDED' ? [] : (state.permissionSetArn ?? []))))
}

function openingLine({ operation, region, requestIds, timeoutMs, wait: untilFinished }: Inputs): string {
  const requests = requestIds.length === 1 ? `request ${requestIds[0]}` : `${requestIds.length} requests`
  const started = `${requests} of ${operations[operation].startedBy} in ${region}`
  return untilFinished ? `Waiting for ${started}, for at most ${formatDuration(timeoutMs)}` : `Looking at ${started}`
}

/** Lets AWS's logs tell which action, and which run of which repository, a call came from. */
function userAgent({ environment, version }: World): [string, string][] {
  const run = [
    environment['GITHUB_REPOSITORY'],
    environment['GITHUB_RUN_ID'],
    environment['GITHUB_RUN_ATTEMPT'],
  ].filter(Boolean)
  return [
    ['wait-for-permission-set-provisioning', version],
    ...(run.length > 0 ? [['github-run', run.join('-')] satisfies [string, string]] : []),
  ]
}

function rejected(problems: readonly string[], world: World): Outcome {
  return {
    verdict: 'error',
    operation: 'provision-permission-set',
    results: [],
    accountsBehind: [],
    startedAt: world.date(),
    elapsedMs: 0,
    trouble: null,
    problems,
  }
}

/** What none of this foresaw is a defect of the action's, and still ends in a report. */
function defect(error: unknown, world: World): Outcome {
  const message = `The action failed unexpectedly (${error instanceof Error ? `${error.name}: ${error.message}` : String(error)})`
  const remedy = 'This is a defect of the action. Please report it, with the log of a run with debug logging on.'
  world.runner.debug(error instanceof Error ? (error.stack ?? message) : message)
  return {
    ...rejected([message], world),
    trouble: { effect: 'refused', scope: 'set', code: 'defect', message, remedy },
  }
}
