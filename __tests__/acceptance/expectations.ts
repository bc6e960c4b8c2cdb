import { expect } from '@jest/globals'
import type { Simulator, Step } from './support.ts'

/** ISO 8601, UTC, milliseconds. */
export const isoDate = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

export type Verdict = 'succeeded' | 'in-progress' | 'failed' | 'timed-out' | 'cancelled' | 'error'

/** One object of the output `results`; values may be matchers. */
export interface ExpectedResult {
  requestId: string
  operation: string
  status: unknown
  failureReason: unknown
  createdDate: unknown
  permissionSetArn: unknown
  accountId: unknown
  principalId: unknown
  principalType: unknown
  error: unknown
}

/** The outputs that differ from their default: empty, or `[]`. */
export type ExpectedOutputs = Partial<
  Record<
    | 'status'
    | 'failure-reason'
    | 'created-date'
    | 'permission-set-arn'
    | 'account-id'
    | 'accounts-behind'
    | 'elapsed-seconds',
    unknown
  >
>

/** A provisioning to all accounts that AWS has answered about. */
export function answered(
  simulator: Simulator,
  requestId: string | undefined,
  status: 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS',
  details: Partial<ExpectedResult> = {},
): ExpectedResult {
  return {
    ...unanswered(requestId, null),
    status,
    createdDate: isoDate,
    permissionSetArn: simulator.permissionSetArn,
    ...details,
  }
}

/** A request that AWS has said nothing about, and why. */
export function unanswered(requestId: string | undefined, error: unknown): ExpectedResult {
  return {
    requestId: requestId ?? '',
    operation: 'provision-permission-set',
    status: null,
    failureReason: null,
    createdDate: null,
    permissionSetArn: null,
    accountId: null,
    principalId: null,
    principalType: null,
    error,
  }
}

/** How a step for any number of requests ends: exit code, annotations, summary, log, and every output. */
export function expectEnding(step: Step, verdict: Verdict, outputs: ExpectedOutputs, results: ExpectedResult[]): void {
  expectOutputs(step, verdict, outputs, results)
  const passes = verdict === 'succeeded' || verdict === 'in-progress'
  expect({ exitCode: step.exitCode, signal: step.signal }).toEqual({ exitCode: passes ? 0 : 1, signal: null })
  expect(step.errors).toEqual(
    passes ? [] : [{ name: 'error', title: expect.stringMatching(/\S/), message: expect.stringMatching(/\S/) }],
  )
  expect(step.summary).toMatch(/\S/)
  expect(step.stderr).toBe('')
  expectOnlyOwnCommands(step)
}

/** Every output, and none besides. */
export function expectOutputs(step: Step, verdict: Verdict, outputs: ExpectedOutputs, results: ExpectedResult[]): void {
  if (step.results === null) throw new Error(`The step has set no outputs, and wrote\n${step.stdout}${step.stderr}`)
  expect(step.results).toEqual(results)
  expect(step.outputs).toEqual({
    verdict,
    status: '',
    'failure-reason': '',
    'created-date': '',
    'permission-set-arn': '',
    'account-id': '',
    'accounts-behind': '[]',
    'elapsed-seconds': expect.stringMatching(/^\d+(\.\d+)?$/),
    results: expect.any(String),
    ...outputs,
  })
  expect(Number(step.outputs['elapsed-seconds'])).toBeLessThanOrEqual(step.durationMs / 1000)
}

/** How a step for one request ends: its outputs are those of the request. */
export function expectEndingOfOne(
  step: Step,
  verdict: Verdict,
  result: ExpectedResult,
  outputs: ExpectedOutputs = {},
): void {
  const { status, failureReason, createdDate, permissionSetArn, accountId } = result
  const ofTheRequest = {
    status: status ?? '',
    'failure-reason': failureReason ?? '',
    'created-date': createdDate ?? '',
    'permission-set-arn': permissionSetArn ?? '',
    'account-id': accountId ?? '',
  }
  expectEnding(step, verdict, { ...ofTheRequest, ...outputs }, [result])
}

/** Nothing in the log is a command but what the action itself means to be one. */
export function expectOnlyOwnCommands({ stdout }: Step): void {
  const lines = stdout.split(/[\n\r\u2028\u2029\u0085\v\f]/)
  const foreign = lines.filter(
    (line) => line.includes('##[') || /^\s*::(?!(debug::|add-mask::|error title=|notice title=))/.test(line),
  )
  expect(foreign).toEqual([])
}

/** All that a step shows to people, in one text; not the outputs, and not what only registers a secret. */
export function shown({ stdout, stderr, summary }: Step): string {
  const log = stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'))
  return [...log, stderr, summary].join('\n')
}
