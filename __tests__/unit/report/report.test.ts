import { describe, expect, test } from '@jest/globals'
import { headlineOf, type Outcome } from '../../../src/report/outcome.ts'
import { outputsOf } from '../../../src/report/outputs.ts'
import { type ReportingRunner, report } from '../../../src/report/report.ts'
import { summaryOf } from '../../../src/report/summary.ts'
import { outcomeOf, permissionSetArn, resultOf } from '../examples.ts'

type Event = [kind: string, ...details: unknown[]]

/** What the runner was told of an outcome, in order. */
async function eventsOf(outcome: Outcome, summaryError?: unknown): Promise<Event[]> {
  const { events, runner } = runnerOf(summaryError)
  await report(outcome, runner)
  return events
}

function runnerOf(summaryError?: unknown): { events: Event[]; runner: ReportingRunner } {
  const events: Event[] = []
  const note =
    (kind: string) =>
    (...details: unknown[]) =>
      void events.push([kind, ...details])
  const runner: ReportingRunner = {
    info: note('info'),
    notice: note('notice'),
    warning: note('warning'),
    error: note('error'),
    setOutput: note('output'),
    writeSummary: async (text) => {
      events.push(['summary', text])
      if (summaryError !== undefined) throw summaryError
    },
  }
  return { events, runner }
}

const failure = outcomeOf({ verdict: 'failed', results: [resultOf('FAILED', { failureReason: '::error::Gremlins' })] })

describe('the report', () => {
  test('sets every output first, then writes the summary, then the last line of the log, then one error annotation with a title', async () => {
    const events = await eventsOf(failure)
    const outputs = Object.entries(outputsOf(failure)).map(([name, value]) => ['output', name, value])
    expect(outputs).toHaveLength(9)
    expect(events).toEqual([
      ...outputs,
      ['summary', summaryOf(failure)],
      ['info', '      0.0 s  Provisioning failed'],
      [
        'error',
        expect.stringMatching(/^: :error::Gremlins\nWhat to do: When the cause is mended/),
        { title: 'Provisioning failed' },
      ],
    ])
  })

  test.each(['timed-out', 'cancelled', 'error'] as const)(
    'on %s there is one annotation, an error, and its title is the last line of the log, with the time waited',
    async (verdict) => {
      const outcome = outcomeOf({ verdict, results: [resultOf('IN_PROGRESS')], elapsedMs: 61_000 })
      const [summary, ...others] = (await eventsOf(outcome)).filter(([kind]) => kind !== 'output')
      expect(summary?.[0]).toBe('summary')
      expect(others).toEqual([
        ['info', ` 1 min 01 s  ${headlineOf(outcome)}`],
        ['error', expect.any(String), { title: headlineOf(outcome) }],
      ])
    },
  )

  test('has no name of a permission set that could start a workflow command', async () => {
    const names = new Map([[permissionSetArn, 'x\n##[error]\n::error::y']])
    const events = await eventsOf(outcomeOf({ ...failure, names, results: [resultOf('FAILED', { permissionSetArn })] }))
    const title = 'Provisioning of x # #[error] ::error::y failed'
    expect(events.slice(-2)).toEqual([
      ['info', `      0.0 s  ${title}`],
      ['error', expect.any(String), { title }],
    ])
  })

  test('on succeeded there is a line in the log, and no annotation', async () => {
    const events = await eventsOf(outcomeOf({ results: [resultOf('SUCCEEDED')] }))
    expect(events.filter(([kind]) => kind !== 'output').slice(1)).toEqual([
      ['info', '      0.0 s  Provisioning succeeded'],
    ])
  })

  test('on in-progress the log also says what to do', async () => {
    const events = await eventsOf(outcomeOf({ verdict: 'in-progress', results: [resultOf('IN_PROGRESS')] }))
    expect(events.filter(([kind]) => kind !== 'output').slice(1)).toEqual([
      ['info', '      0.0 s  Provisioning is still in progress'],
      ['info', expect.stringContaining('AWS carries on')],
    ])
  })

  test('of nothing to wait for is a notice', async () => {
    const events = await eventsOf(outcomeOf({}))
    expect(events.filter(([kind]) => kind !== 'output').slice(1)).toEqual([
      [
        'notice',
        "Input 'request-id' is [], which says that the deploy changed nothing.",
        { title: 'Nothing to wait for' },
      ],
    ])
  })

  test('goes on without a summary where the runner takes none, and says so', async () => {
    const events = await eventsOf(failure, new Error('Unable to find\n::error::x'))
    expect(events.slice(-3)).toEqual([
      ['info', 'No job summary was written: Unable to find ::error::x'],
      ['info', '      0.0 s  Provisioning failed'],
      ['error', expect.any(String), { title: 'Provisioning failed' }],
    ])
  })

  test('is told in full where outputs cannot be written, and that is an error with an annotation of its own', async () => {
    const { events, runner } = runnerOf()
    const setOutput = () => {
      throw new Error('Unable to find file\n::error::x')
    }
    expect(await report(failure, { ...runner, setOutput })).toBe(false)
    expect(events.map(([kind]) => kind)).toEqual(['summary', 'info', 'error', 'error'])
    expect(events[3]).toEqual([
      'error',
      'Unable to find file ::error::x',
      { title: 'The outputs could not be written' },
    ])
  })

  test('tells that the outputs were written', async () => {
    expect(await report(failure, runnerOf().runner)).toBe(true)
    expect(await report(failure, runnerOf(new Error('No summary')).runner)).toBe(true)
  })
})
