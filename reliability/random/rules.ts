import { Budget } from '../../src/polling/budget.ts'
import { wait } from '../../src/polling/wait.ts'
import { outputsOf } from '../../src/report/outputs.ts'
import { type Verdict, verdictOf } from '../../src/verdict.ts'
import { faultsInOutputs } from '../outputs.ts'
import type { Schedule } from './schedule.ts'
import { World } from './world.ts'

/** What came of one schedule. */
export interface Played {
  readonly verdict: Verdict
  /** The rules that it broke. */
  readonly broken: readonly string[]
}

const lastLookMs = 2_500

/** Runs the real wait through a schedule, and judges what it makes of it. */
export async function play(schedule: Schedule): Promise<Played> {
  const world = new World(schedule)
  const { clock } = world
  const { cancelAtMs, courses, pollIntervalMs, timeoutMs, untilFinished } = schedule
  const cancellation = new AbortController()
  const over = new AbortController()
  if (cancelAtMs !== null) clock.sleep(cancelAtMs, over.signal).then(() => over.signal.aborted || cancellation.abort())
  const { ending, results, elapsedMs, trouble } = await clock.run(
    wait({
      requestIds: courses.map(({ requestId }) => requestId),
      observer: world,
      budget: new Budget(clock),
      clock,
      random: () => schedule.random,
      timeoutMs,
      pollIntervalMs,
      untilFinished,
      cancel: cancellation.signal,
      onChange: () => {},
      onLooked: () => {},
      onListRefused: () => {},
    }),
  )
  over.abort()
  const verdict = verdictOf(results, ending)
  const outputs = outputsOf({
    verdict,
    operation: 'provision-permission-set',
    region: 'eu-central-1',
    results,
    accountsBehind: new Map(),
    names: new Map(),
    startedAt: new Date('2026-11-20T10:00:00Z'),
    elapsedMs,
    trouble,
    problems: [],
  })

  const broken = faultsInOutputs(
    outputs,
    courses.map(({ requestId }) => requestId),
  )
  const rule = (holds: boolean, otherwise: string) => {
    if (!holds) broken.push(otherwise)
  }
  const truth = courses.map((course) => world.statusOf(course))
  const toldOf = (requestId: string) => world.told.filter((told) => told.requestId === requestId)
  const wasTold = (requestId: string, status: string) => toldOf(requestId).some((told) => told.status === status)
  const toldStatuses = courses.map(({ requestId }) => new Set(toldOf(requestId).map(({ status }) => status)))

  if (verdict === 'succeeded') {
    rule(
      truth.every((status) => status === 'SUCCEEDED'),
      'succeeded, although a request truly is not',
    )
    rule(
      toldStatuses.every((told) => told.has('SUCCEEDED')),
      'succeeded, although nobody said so of a request',
    )
  }
  if (verdict === 'failed') rule(truth.includes('FAILED'), 'failed, although no request truly is')
  if (verdict === 'in-progress') {
    rule(!untilFinished, 'in-progress, although it was to wait')
    rule(
      toldStatuses.every((told) => told.size > 0),
      'in-progress, although nothing is known of a request',
    )
  }
  if (verdict === 'timed-out') rule(elapsedMs >= timeoutMs, 'timed-out before the deadline')
  if (verdict === 'cancelled') rule(cancelAtMs !== null && elapsedMs >= cancelAtMs, 'cancelled, although nobody did')
  const limitMs = Math.min(timeoutMs + lastLookMs, cancelAtMs ?? Number.POSITIVE_INFINITY)
  // A sleep takes a millisecond at least.
  rule(elapsedMs <= limitMs + 2, `over after ${elapsedMs} ms rather than ${limitMs} ms`)
  const anyFailureTold = world.told.some(({ by, status }) => by === 'describe' && status === 'FAILED')
  rule(!anyFailureTold || verdict === 'failed' || verdict === 'cancelled', `${verdict}, although a request has FAILED`)
  rule(busiestSecond(world.callTimes) <= 10, 'more than ten calls in a second')
  for (const [index, { state, error, givenUp }] of results.entries()) {
    const told = toldOf(state.requestId)
    rule(
      state.status === null ? told.every(({ by }) => by === 'list') : wasTold(state.requestId, state.status),
      `${state.status} of what was told ${told.map(({ status }) => status)}`,
    )
    if (state.status === 'SUCCEEDED' || state.status === 'FAILED')
      rule(state.status === truth[index], `${state.status} of what is ${truth[index]}`)
    rule(
      state.failureReason === null || told.some(({ reason }) => reason === state.failureReason),
      'a reason that nobody gave',
    )
    rule(!givenUp || error !== null, 'given up without a cause')
  }
  if (results.length === 1)
    rule(
      outputs['failure-reason'] ===
        (results[0]?.state.status === 'FAILED' ? (results[0].state.failureReason ?? '') : ''),
      'the reason is not verbatim',
    )
  return { verdict, broken }
}

function busiestSecond(times: readonly number[]): number {
  let [first, most] = [0, 0]
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? time) <= time - 1_000) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}
