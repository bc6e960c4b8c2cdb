import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Fault, FaultRule } from '../../simulator/simulator.ts'
import {
  callsOf,
  describeStatus,
  listAccounts,
  type Plan,
  type Step,
  simulate,
  startWaitingFor,
  type TestSimulator,
} from '../support/step.ts'

// Random courses of requests, faults, deadlines and cancellations, through the committed action, at ten times the speed. The same seed
// plays the same; many more are played in process, on a virtual clock.

const seed = 20_261_126
const schedules = 24
const atOnce = 8
const speed = 10
/** What a busy machine may hold a process or an answer up for. */
const slackMs = 4_000

const listStatuses = 'ListPermissionSetProvisioningStatus'

/** How one request goes; `null` for one that never ends. */
const course = fc.record({
  seconds: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 }), fc.constant(null)),
  fails: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    kind: fc.constant('error' as const),
    code: fc.constantFrom(
      'ThrottlingException',
      'ThrottlingException',
      'InternalServerException',
      'ResourceNotFoundException',
      'AccessDeniedException',
      'ValidationException',
    ),
  }),
  fc.constantFrom<Fault>(
    { kind: 'hang' },
    { kind: 'truncate' },
    { kind: 'reset', when: 'before-headers' },
    { kind: 'http', status: 200, body: '<html></html>' },
    { kind: 'http', status: 503, body: '' },
    { kind: 'patch', patch: { Status: undefined } },
    { kind: 'patch', patch: { NextToken: 'again' } },
    { kind: 'stale', byMs: 5_000 },
    { kind: 'stale', byMs: Number.POSITIVE_INFINITY },
  ),
)

const span = fc.oneof(
  fc.record({ share: fc.constantFrom(0.1, 0.3, 0.8) }),
  fc.record({ to: fc.integer({ min: 1, max: 6 }) }),
  fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 })).map(([from, length]) => ({
    between: [from * 1_000, (from + length) * 1_000] as const,
  })),
  fc.constant({}),
)

const schedule = fc.record({
  courses: fc.oneof(
    fc.array(course, { minLength: 1, maxLength: 5 }),
    fc.array(course, { minLength: 6, maxLength: 60 }),
  ),
  faults: fc.array(
    fc.record({
      operation: fc.constantFrom(describeStatus, describeStatus, listStatuses, listAccounts, '*'),
      /** The request that it is about, among them; all of them where there are fewer. */
      about: fc.nat({ max: 20 }),
      fault,
      span,
    }),
    { maxLength: 4 },
  ),
  latencyMs: fc.constantFrom(0, 100, 400),
  timeoutSeconds: fc.integer({ min: 2, max: 60 }),
  wait: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  cancelAfterCalls: fc.option(fc.integer({ min: 1, max: 30 }), { freq: 3 }),
})
type Schedule = ReturnType<typeof fc.sample<typeof schedule extends fc.Arbitrary<infer T> ? T : never>>[number]

test(`${schedules} random schedules break no rule`, async () => {
  const queue = fc.sample(schedule, { numRuns: schedules, seed })
  const broken: { rules: string[]; schedule: string }[] = []
  const seen = new Set<string | undefined>()
  const work = async () => {
    for (let own = queue.shift(); own !== undefined; own = queue.shift()) {
      const { rules, verdict } = await play(own)
      seen.add(verdict)
      if (rules.length > 0) broken.push({ rules, schedule: fc.stringify(own) })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))

  expect(broken).toEqual([])
  // Chance comes to every verdict. Where it comes to one of them once, a busy machine can make another of it.
  expect(seen.size).toBeGreaterThanOrEqual(5)
}, 180_000)

/** Runs a step through a schedule. Returns its verdict, and what is not as it must be. */
async function play({ courses, faults, latencyMs, timeoutSeconds, wait, cancelAfterCalls }: Schedule) {
  await using simulator = await simulate({ speed, latencyMs })
  const plans = courses.map(
    ({ seconds, fails }, index): Plan => ({
      seconds: seconds ?? 86_400,
      ...(fails ? { status: 'FAILED', failureReason: `Reason ${index}`, accountsBehind: 1 } : {}),
    }),
  )
  const requests = simulator.start(plans)
  const rules = faults.map(({ operation, about, fault, span }): FaultRule => {
    const requestId = operation === describeStatus ? requests[about] : undefined
    return { operation, fault, ...span, ...(requestId ? { requestId } : {}) }
  })
  simulator.configure({ faults: rules })
  const step = await startWaitingFor(simulator, requests, {
    inputs: { 'timeout-minutes': (timeoutSeconds / 60).toFixed(4), wait: String(wait) },
  })
  let isCancelled = false
  const watch = setInterval(() => {
    if (cancelAfterCalls === null || simulator.calls.length < cancelAfterCalls) return
    isCancelled = true
    step.cancel('SIGINT')
    clearInterval(watch)
  }, 5)
  const ended = await step.finished
  clearInterval(watch)

  const verdict = ended.outputs['verdict']
  const endedAt = simulator.age()
  const statusAt = (index: number, at: number) => {
    const { seconds = 0, status = 'SUCCEEDED' } = plans[index] ?? {}
    return at >= seconds * 1_000 ? status : 'IN_PROGRESS'
  }
  const elapsed = Number(ended.outputs['elapsed-seconds'])
  const results: { requestId: string; status: string | null; failureReason: string | null }[] = JSON.parse(
    ended.outputs['results'] ?? '[]',
  )
  const mustNot: Record<string, boolean> = {
    'leave a request out, or name another': results.map(({ requestId }) => requestId).join() !== requests.join(),
    'say of a request what it never was': results.some(({ status }, index) =>
      status === 'SUCCEEDED' || status === 'FAILED' ? status !== statusAt(index, endedAt) : false,
    ),
    'be succeeded unless all requests are':
      verdict === 'succeeded' && plans.some((_, index) => statusAt(index, endedAt) !== 'SUCCEEDED'),
    'hide a failure that AWS has shown':
      !['failed', 'cancelled'].includes(verdict ?? '') && hasReadFailed(simulator, ended, requests, statusAt, endedAt),
    'give a reason that AWS never gave': results.some(
      ({ failureReason }, index) => failureReason !== null && failureReason !== plans[index]?.failureReason,
    ),
    'be in-progress where it was to wait': verdict === 'in-progress' && wait,
    'be cancelled where nobody did': verdict === 'cancelled' && !isCancelled,
    // Node's timers begin at the turn of the event loop that sets them, which is a while ago on a busy machine.
    'be timed-out before the deadline': verdict === 'timed-out' && wait && elapsed < timeoutSeconds - 0.3 * speed,
    'outlive the deadline by more than 5 s': isLate(ended, timeoutSeconds),
    'outlive a cancellation by more than 2 s': (ended.goneAfterMs ?? 0) > 2_000 + slackMs + ended.slackMs,
  }
  // A signal may find the process on its way out, with everything said, and end it there.
  const complaints = ended.complaints.filter((complaint) => !(isCancelled && / ended with SIGINT$/.test(complaint)))
  const rulesBroken = Object.entries(mustNot).filter(([, isSo]) => isSo)
  return { verdict, rules: [...rulesBroken.map(([rule]) => `It must not ${rule}: ${verdict}`), ...complaints] }
}

/**
 * Whether the step has read, long before its end, that a request is FAILED: more answers said so than it missed, as a step on
 * a busy machine does that gives a call up before the answer reaches it.
 */
function hasReadFailed(
  simulator: TestSimulator,
  { debug }: Step,
  requests: readonly string[],
  statusAt: (index: number, at: number) => string,
  endedAt: number,
): boolean {
  const answers = callsOf(simulator, describeStatus).filter(({ outcome }) => /^(ok|stale)$/.test(outcome))
  const read = debug.filter((line) => line.includes(`${describeStatus}: answered`)).length
  const failures = answers.filter(
    ({ at, outcome, requestId = '' }) =>
      outcome === 'ok' && at < endedAt - slackMs * speed && statusAt(requests.indexOf(requestId), at) === 'FAILED',
  )
  return failures.length > answers.length - read
}

function isLate(step: Step, timeoutSeconds: number): boolean {
  return step.ranMs > ((timeoutSeconds + 5) * 1_000) / speed + slackMs + step.slackMs
}
