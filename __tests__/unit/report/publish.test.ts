import { expect, test } from '@jest/globals'
import { annotationOf } from '../../../src/report/annotation.ts'
import type { Outcome } from '../../../src/report/outcome.ts'
import { outputsOf } from '../../../src/report/outputs.ts'
import { publish, type ReportingRunner } from '../../../src/report/publish.ts'
import { summaryOf } from '../../../src/report/summary.ts'
import type { Verdict } from '../../../src/requests/verdict.ts'
import { noSecrets } from '../examples.ts'
import { failed, inProgress, outcomeOf, permissionSetArn, several, succeeded } from './outcomes.ts'

type Call = [method: string, ...args: unknown[]]

/** Publishes an outcome to a runner that may fail, and returns the runner's calls, in order. */
async function published(
  outcome: Outcome,
  failing: Partial<ReportingRunner> = {},
): Promise<{ calls: Call[]; verdict: Verdict }> {
  const calls: Call[] = []
  const note =
    (method: string) =>
    (...args: unknown[]) =>
      void calls.push([method, ...args])
  const verdict = await publish(outcome, {
    secrets: noSecrets,
    info: note('info'),
    notice: note('notice'),
    warning: note('warning'),
    error: note('error'),
    setOutput: note('output'),
    writeResults: () => '/temp/results.json',
    writeSummary: async (markdown) => void calls.push(['summary', markdown]),
    ...failing,
  })
  return { calls, verdict }
}

/** All calls except those for the outputs and the summary. */
async function linesOf(outcome: Outcome): Promise<Call[]> {
  return (await published(outcome)).calls.filter(([method]) => method !== 'output' && method !== 'summary')
}

const failure = outcomeOf({ verdict: 'failed', requests: [failed({ failureReason: '::error::Gremlins' })] })

test('the outputs come first, then the summary, then the last line of the log, then one error annotation', async () => {
  const { calls, verdict } = await published(failure)
  const outputs = Object.entries(outputsOf(failure, '/temp/results.json')).map(([name, value]) => [
    'output',
    name,
    value,
  ])
  expect(outputs.length).toBeGreaterThanOrEqual(9)
  expect(calls).toEqual([
    ...outputs,
    ['summary', summaryOf(failure)],
    ['info', '      0.0 s  Provisioning failed'],
    ['error', expect.stringMatching(/^: :error::Gremlins\nWhat to do next: /), { title: 'Provisioning failed' }],
  ])
  expect(verdict).toBe('failed')
})

test.each(['timed-out', 'cancelled', 'error'] as const)(
  'on %s, the last line of the log is the title of the annotation, with the time waited',
  async (verdict) => {
    const outcome = outcomeOf({ verdict, requests: [inProgress()], elapsedMs: 61_000 })
    const { title, message } = annotationOf(outcome)
    expect(await linesOf(outcome)).toEqual([
      ['info', ` 1 min 01 s  ${title}`],
      ['error', message, { title }],
    ])
  },
)

test('no name of a permission set can start a workflow command', async () => {
  const names = new Map([[permissionSetArn, 'x\n##[error]\n::error::y']])
  const title = 'Provisioning of x # #[error] ::error::y failed'
  expect(await linesOf({ ...failure, names, requests: [failed({ permissionSetArn })] })).toEqual([
    ['info', `      0.0 s  ${title}`],
    ['error', expect.any(String), { title }],
  ])
})

test('a success has a line in the log, and no annotation', async () => {
  expect(await linesOf(outcomeOf({ requests: [succeeded()] }))).toEqual([
    ['info', '      0.0 s  Provisioning succeeded'],
  ])
})

test('the log says what to do after a single look at a request in progress', async () => {
  expect(await linesOf(outcomeOf({ verdict: 'in-progress', requests: [inProgress()] }))).toEqual([
    ['info', '      0.0 s  Provisioning is still in progress'],
    ['info', expect.stringMatching(/^ {6}0\.0 s {2}AWS carries on/)],
  ])
})

test('a step with nothing to wait for has a notice', async () => {
  const message = "Input 'request-id' or 'request-file' holds [], which says that the deploy changed nothing."
  expect(await linesOf(outcomeOf({}))).toEqual([['notice', message, { title: 'Nothing to wait for' }]])
})

test('the report goes on if the summary cannot be written, and says so', async () => {
  const writeSummary = () => Promise.reject(new Error('Unable to find\n::error::x'))
  const { calls, verdict } = await published(failure, { writeSummary })
  expect(calls.slice(-3)).toEqual([
    ['info', 'No job summary was written: Unable to find ::error::x'],
    ['info', '      0.0 s  Provisioning failed'],
    ['error', expect.any(String), { title: 'Provisioning failed' }],
  ])
  expect(verdict).toBe('failed')
})

test('of more than 1,000 requests, the log says where the results are', async () => {
  const line = ['info', 'The results of 1001 requests are in the file /temp/results.json']
  expect(await linesOf(outcomeOf({ requests: several(1_001, succeeded) }))).toContainEqual(line)
  expect(await linesOf(outcomeOf({ requests: several(1_000, succeeded) }))).not.toContainEqual(line)
})

test('the report goes on if the file with the results cannot be written, with a warning about it', async () => {
  const writeResults = () => {
    throw new Error('No space left\n::error::x')
  }
  const { calls, verdict } = await published(failure, { writeResults })
  expect(calls).toContainEqual(['output', 'results-file', ''])
  expect(calls).toContainEqual(['output', 'verdict', 'failed'])
  const title = 'The file with the results could not be written'
  expect(calls).toContainEqual(['warning', 'No space left ::error::x', { title }])
  expect(verdict).toBe('failed')
})

test('the report goes on if the outputs cannot be written, with an error annotation about them', async () => {
  const setOutput = () => {
    throw new Error('Unable to find file\n::error::x')
  }
  const { calls, verdict } = await published(failure, { setOutput })
  expect(calls.map(([method]) => method)).toEqual(['summary', 'info', 'error', 'error'])
  expect(calls[3]).toEqual(['error', 'Unable to find file ::error::x', { title: 'The outputs could not be written' }])
  expect(verdict).toBe('error')
})
