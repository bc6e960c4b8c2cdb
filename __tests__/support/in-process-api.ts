import type { InProcessIdentityCenter } from '../../simulator/in-process.ts'
import { isMembers, type Members } from '../../simulator/members.ts'
import { wireNamesOf } from '../../simulator/wire-names.ts'
import { readAccountIds, readDescription, readPermissionSetArns, readRows } from '../../src/aws/answers.ts'
import { field, UnreadableAnswer } from '../../src/aws/errors/facts.ts'
import { rulesOf } from '../../src/goals/goal-rules.ts'
import type { Answer, Api, CallFailure } from '../../src/requests/api.ts'
import { type Goal, toTheEnd } from '../../src/requests/goal.ts'
import type { RequestKey } from '../../src/requests/request.ts'
import type { Clock } from '../../src/wait/time/clock.ts'
import { deadlineAfter, neverAborted, withTimeLimit } from '../../src/wait/time/deadline.ts'
import { rateLimitOn } from '../../src/wait/time/rate-limit.ts'
import { type Waited, type WaitOptions, wait } from '../../src/wait/wait.ts'

/** As in `src/aws/connection.ts`. */
const attemptLimitMs = 10_000

/** The simulator in this process as polling asks it, for tests and benchmarks on a virtual clock. Answers are read as those of AWS. */
export function inProcessApi(service: Pick<InProcessIdentityCenter, 'call'>, clock: Clock): Api {
  const ask = async <T>(
    outer: AbortSignal,
    operation: string,
    input: Members,
    read: (answer: unknown) => T,
  ): Promise<Answer<T>> => {
    const reply = await withTimeLimit(clock, attemptLimitMs, outer, (signal) => service.call(operation, input, signal))
    if (!reply.ok) return { ok: false, failure: failureWith(reply.code) }
    try {
      return { ok: true, value: read(withDates(reply.value)) }
    } catch (error) {
      if (error instanceof UnreadableAnswer) return { ok: false, failure: failureWith('UnreadableAnswer') }
      throw error
    }
  }
  return {
    describe: ({ requestId, operation }, signal) => {
      const names = wireNamesOf(operation)
      const read = (answer: unknown) => readDescription(field(answer, names.status), requestId)
      return ask(signal, names.describe, { [names.requestId]: requestId }, read)
    },
    list: (operation, status, token, signal) => {
      const names = wireNamesOf(operation)
      const query = { Filter: { Status: status }, NextToken: token }
      return ask(signal, names.list, query, (answer) => readRows(answer, names.statuses))
    },
    listAccounts: ({ permissionSetArn, onlyOutOfDate }, token, signal) => {
      const filter = onlyOutOfDate ? { ProvisioningStatus: 'LATEST_PERMISSION_SET_NOT_PROVISIONED' } : {}
      const query = { PermissionSetArn: permissionSetArn, NextToken: token, ...filter }
      return ask(signal, 'ListAccountsForProvisionedPermissionSet', query, readAccountIds)
    },
    listPermissionSets: (token, signal) =>
      ask(signal, 'ListPermissionSets', { NextToken: token }, readPermissionSetArns),
    permissionSetName: (arn, signal) =>
      ask(signal, 'DescribePermissionSet', { PermissionSetArn: arn }, (answer) =>
        textIn(field(answer, 'PermissionSet'), 'Name'),
      ),
    primaryRegion: (signal) => ask(signal, 'DescribeInstance', {}, (answer) => textIn(answer, 'PrimaryRegion')),
  }
}

/** @throws UnreadableAnswer */
function textIn(answer: unknown, name: string): string {
  const text = field(answer, name)
  if (typeof text === 'string') return text
  throw new UnreadableAnswer(`The answer has no ${name}`)
}

/** An answer as the SDK gives it: it makes a date of a number of seconds, and leaves everything else as it came. */
function withDates(value: unknown, name = ''): unknown {
  if (name === 'CreatedDate' && typeof value === 'number') return new Date(value * 1_000)
  if (Array.isArray(value)) return value.map((row) => withDates(row))
  if (!isMembers(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withDates(member, key)]))
}

/** Waits on a clock. Each option that is not given is as in a workflow that sets no input. */
export function waitOn(
  clock: Clock,
  api: Api,
  requests: readonly RequestKey[],
  {
    timeoutMs,
    goal = toTheEnd,
    cancel = neverAborted,
    ...options
  }: Partial<WaitOptions> & { timeoutMs: number; goal?: Goal; cancel?: AbortSignal },
): Promise<Waited> {
  return wait({
    requests,
    rules: rulesOf(goal),
    pollIntervalMs: null,
    deadline: deadlineAfter(clock, timeoutMs, cancel),
    api,
    rateLimit: rateLimitOn(clock),
    clock,
    random: () => 0.5,
    observe: () => {},
    ...options,
  })
}

/** What polling makes of a code, as `src/aws/errors` has it for these. Any other is `unclear`. */
const kinds: Readonly<Record<string, Pick<CallFailure, 'effect' | 'scope'>>> = {
  ThrottlingException: { effect: 'throttled', scope: 'every-call' },
  ENOTFOUND: { effect: 'absent', scope: 'every-call' },
  ResourceNotFoundException: { effect: 'absent', scope: 'request' },
  ValidationException: { effect: 'refused', scope: 'request' },
  AccessDeniedException: { effect: 'refused', scope: 'action' },
  CredentialsProviderError: { effect: 'refused', scope: 'every-call' },
}

/** The failure that a code of the simulator, or of a fault, stands for. */
export function failureWith(code: string): CallFailure {
  const kind = kinds[code] ?? { effect: 'unclear', scope: 'every-call' }
  return { ...kind, code, title: `${code} in short`, message: `${code} at length`, remedy: '' }
}
