import type { InProcessIdentityCenter, Reply, ReportedRequest } from '../simulator/in-process.ts'
import type { Answer, Api, Trouble } from '../src/polling/api.ts'
import type { Clock } from '../src/polling/clock.ts'
import { withTimeLimit } from '../src/polling/deadline.ts'
import { type Description, type Row, type Status, statuses } from '../src/request.ts'

/** As in `src/aws/connection.ts`. */
const attemptLimitMs = 10_000

/** The simulator in this process as polling asks it, for tests and benchmarks on a virtual clock. */
export function inProcessApi(service: InProcessIdentityCenter, clock: Clock): Api {
  const ask = async <Given, T>(
    outer: AbortSignal,
    call: (signal: AbortSignal) => Promise<Reply<Given>>,
    read: (value: Given) => T,
  ): Promise<Answer<T>> => {
    const reply = await withTimeLimit(clock, attemptLimitMs, outer, call)
    return reply.ok ? { ok: true, value: read(reply.value) } : { ok: false, trouble: troubleOf(reply.code) }
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
    listAccounts: ({ permissionSetArn, latest }, token, signal) => {
      const status = latest ? 'LATEST_PERMISSION_SET_PROVISIONED' : 'LATEST_PERMISSION_SET_NOT_PROVISIONED'
      return ask(
        signal,
        (limited) => service.listAccounts(permissionSetArn, status, token, limited),
        (page) => page,
      )
    },
    permissionSetName: async () => ({ ok: true, value: 'ReadOnlyAccess' }),
    primaryRegion: async () => ({ ok: true, value: 'us-east-1' }),
  }
}

function descriptionOf(reported: ReportedRequest): Description {
  const { requestId: _, status, ...details } = reported
  return { ...details, status: statusIn(status) }
}

function rowOf({ requestId, status, createdDate }: ReportedRequest): Row[] {
  return requestId === null ? [] : [{ requestId, status: statusIn(status), createdDate }]
}

/** @throws Error for what the simulator says only where a fault makes it: such an answer belongs to the tests of `src/aws`. */
function statusIn(text: string | null): Status {
  const status = statuses.find((known) => known === text)
  if (status === undefined) throw new Error(`The simulator gave the status ${text}`)
  return status
}

function troubleOf(code: string): Trouble {
  return {
    ...(kinds[code] ?? { effect: 'unclear', scope: 'every-call' }),
    code,
    title: code,
    message: code,
    remedy: '',
  }
}

const kinds: Readonly<Record<string, Pick<Trouble, 'effect' | 'scope'>>> = {
  ThrottlingException: { effect: 'throttled', scope: 'every-call' },
  ResourceNotFoundException: { effect: 'absent', scope: 'request' },
  ValidationException: { effect: 'refused', scope: 'request' },
  AccessDeniedException: { effect: 'refused', scope: 'action' },
}
