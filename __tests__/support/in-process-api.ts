import type { InProcessIdentityCenter, Reply, ReportedRequest } from '../../simulator/in-process.ts'
import { toTheEnd } from '../../src/goal.ts'
import type { Answer, Api, Trouble } from '../../src/polling/api.ts'
import { type PollOptions, poll } from '../../src/polling/poll.ts'
import type { Snapshot } from '../../src/polling/snapshot/snapshot.ts'
import type { Clock } from '../../src/polling/time/clock.ts'
import { deadlineAfter, neverAborted, withTimeLimit } from '../../src/polling/time/deadline.ts'
import { RateLimit } from '../../src/polling/time/rate-limit.ts'
import { linesBetween } from '../../src/report/log-lines.ts'
import { type Description, type RequestKey, type Row, type Status, statuses } from '../../src/request.ts'

/** As in `src/aws/connection.ts`. */
const attemptLimitMs = 10_000

/** The simulator in this process as polling asks it, for tests and benchmarks on a virtual clock. */
export function inProcessApi(service: InProcessIdentityCenter, clock: Clock): Api {
  const ask = async <Given, T>(
    outer: AbortSignal,
    call: (signal: AbortSignal) => Promise<Reply<Given>>,
    read: (value: Given) => T | null,
  ): Promise<Answer<T>> => {
    const reply = await withTimeLimit(clock, attemptLimitMs, outer, call)
    if (!reply.ok) return { ok: false, trouble: troubleWith(reply.code) }
    const value = read(reply.value)
    return value === null ? { ok: false, trouble: troubleWith('UnreadableAnswer') } : { ok: true, value }
  }
  return {
    describe: ({ requestId, operation }, signal) =>
      ask(signal, (limited) => service.describe(requestId, limited, operation), descriptionOf),
    list: (operation, status, token, signal) =>
      ask(
        signal,
        (limited) => service.list(status, token, limited, operation),
        ({ rows, nextToken }) => ({ rows: rows.flatMap(rowOf), nextToken }),
      ),
    listAccounts: ({ permissionSetArn, onlyBehind }, token, signal) => {
      const status = onlyBehind ? 'LATEST_PERMISSION_SET_NOT_PROVISIONED' : null
      return ask(signal, (limited) => service.listAccounts(permissionSetArn, status, token, limited), asItIs)
    },
    permissionSetName: (arn, signal) => ask(signal, (limited) => service.permissionSetName(arn, limited), asItIs),
    primaryRegion: (signal) => ask(signal, (limited) => service.primaryRegion(limited), asItIs),
  }
}

function asItIs<T>(value: T): T {
  return value
}

function descriptionOf({ requestId: _, ...reported }: ReportedRequest): Description | null {
  const status = statusIn(reported)
  return status === undefined ? null : { ...reported, status }
}

/** A row, if it can be read. */
function rowOf(reported: ReportedRequest): Row[] {
  const { createdDate, requestId } = reported
  const status = statusIn(reported)
  return requestId === null || status === undefined ? [] : [{ requestId, status, createdDate }]
}

function statusIn({ status }: Pick<ReportedRequest, 'status'>): Status | undefined {
  return statuses.find((known) => known === status)
}

/** Polls on a clock. Each option that is not given is as in a workflow that sets no input. */
export function pollOn(
  clock: Clock,
  api: Api,
  requests: readonly RequestKey[],
  { timeoutMs, cancel = neverAborted, ...options }: Partial<PollOptions> & { timeoutMs: number; cancel?: AbortSignal },
): AsyncGenerator<Snapshot, void> {
  return poll({
    requests,
    goal: toTheEnd,
    pollIntervalMs: null,
    deadline: deadlineAfter(clock, timeoutMs, cancel),
    api,
    rateLimit: new RateLimit(clock),
    clock,
    random: () => 0.5,
    date: () => new Date(clock.now()),
    isLogged: (before, after) => linesBetween(before, after, 'us-east-1').length > 0,
    ...options,
  })
}

/** What polling makes of a code, as `src/aws/errors` has it for these. Any other is `unclear`. */
const kinds: Readonly<Record<string, Pick<Trouble, 'effect' | 'scope'>>> = {
  ThrottlingException: { effect: 'throttled', scope: 'every-call' },
  ENOTFOUND: { effect: 'absent', scope: 'every-call' },
  ResourceNotFoundException: { effect: 'absent', scope: 'request' },
  ValidationException: { effect: 'refused', scope: 'request' },
  AccessDeniedException: { effect: 'refused', scope: 'action' },
  CredentialsProviderError: { effect: 'refused', scope: 'every-call' },
}

/** The trouble that a code of the simulator, or of a fault, stands for. */
export function troubleWith(code: string): Trouble {
  const kind = kinds[code] ?? { effect: 'unclear', scope: 'every-call' }
  return { ...kind, code, title: `${code} in short`, message: `${code} at length`, remedy: '' }
}
