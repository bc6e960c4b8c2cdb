import { expect, test } from '@jest/globals'
import { explanationOf, nextStepsOf } from '../../../src/report/next-steps.ts'
import { internalError, invalidInputs, type Outcome } from '../../../src/report/outcome.ts'
import { noSecrets } from '../examples.ts'
import {
  callFailureOf,
  denied,
  failed,
  final,
  inProgress,
  outcomeOf,
  passing,
  startedAt,
  succeeded,
  unanswered,
  unknown,
} from './outcomes.ts'

const waitAgain = 'Wait for the same request IDs again to see how it ends; the deploy need not run again.'
const carriesOn = `AWS carries on with what was started. ${waitAgain}`
const readReasons = 'To read the reasons that are missing, wait for the same request IDs again.'
const raise = "If it usually takes longer, raise 'timeout-minutes'."
const startAgain = (apis: string) =>
  `Once the cause is fixed, call ${apis} again and wait for the new request: AWS does not take up a failed one again.`

const slow = inProgress()
const lost = unanswered({ blocker: final(unknown) })
const outage = callFailureOf()

test.each<[string, Partial<Outcome>, string[]]>([
  ['nothing, after a success', { requests: [succeeded()] }, []],
  ['to wait again, after a single look', { verdict: 'in-progress', requests: [slow] }, [carriesOn]],
  [
    'to start it again, after a failure',
    { verdict: 'failed', requests: [failed()] },
    [startAgain('ProvisionPermissionSet')],
  ],
  [
    'to start failed requests again, with their own APIs',
    {
      verdict: 'failed',
      requests: [
        failed({ operation: 'delete-account-assignment' }),
        failed({ operation: 'create-account-assignment' }),
        failed({ operation: 'delete-account-assignment' }),
        succeeded(),
      ],
    },
    [startAgain('DeleteAccountAssignment or CreateAccountAssignment')],
  ],
  [
    'to read a reason that was not read',
    { verdict: 'failed', requests: [failed(), failed({ described: false })] },
    [startAgain('ProvisionPermissionSet'), readReasons],
  ],
  [
    'to wait for unfinished requests, which also reads missing reasons',
    { verdict: 'failed', ending: 'timed-out', requests: [failed({ described: false }), slow] },
    [startAgain('ProvisionPermissionSet'), carriesOn],
  ],
  [
    'to wait again, or longer, after a time-out',
    { verdict: 'timed-out', ending: 'timed-out', requests: [slow] },
    [carriesOn, raise],
  ],
  [
    'to wait again, but not longer, after a time-out without an answer',
    { verdict: 'timed-out', ending: 'timed-out', requests: [unanswered({ blocker: passing(outage) })], outage },
    [waitAgain],
  ],
  [
    'to wait again, but not longer, after a single look without an answer',
    { verdict: 'timed-out', ending: 'looked-once', requests: [slow, unanswered()] },
    [carriesOn],
  ],
  [
    'to wait again, after an error',
    { verdict: 'error', requests: [unanswered({ blocker: final(denied) })] },
    [waitAgain],
  ],
  ['nothing, for a request that AWS does not know', { verdict: 'error', requests: [lost] }, []],
  ['to wait for the others', { verdict: 'error', requests: [lost, unanswered()] }, [waitAgain]],
  ['to wait for others in progress', { verdict: 'error', requests: [lost, slow] }, [carriesOn]],
  ['to wait again, after a cancellation', { verdict: 'cancelled', ending: 'cancelled', requests: [slow] }, [carriesOn]],
  [
    'to wait again, after a cancellation before an answer',
    { verdict: 'cancelled', ending: 'cancelled', requests: [unanswered()] },
    [carriesOn],
  ],
  [
    'to wait again, after a cancellation when all requests had ended',
    { verdict: 'cancelled', ending: 'cancelled', requests: [succeeded()] },
    [waitAgain],
  ],
])('what to do next is %s', (_, outcome, steps) => {
  expect(nextStepsOf(outcomeOf(outcome))).toEqual(steps)
})

test('the next step is to correct wrong inputs, and to report a defect', () => {
  expect(nextStepsOf(invalidInputs(['One'], startedAt))).toEqual([
    "Correct the step's inputs ('with:') in the workflow, then run it again.",
  ])
  expect(nextStepsOf(internalError(new Error('boom'), outcomeOf({ requests: [slow] }), noSecrets))).toEqual([
    'This is a defect of the action. Please report it, with the log of a run with debug logging on.',
  ])
})

test('the text about a cancellation names its possible causes, with the time limit of the job', () => {
  const explanation = explanationOf(outcomeOf({ verdict: 'cancelled', ending: 'cancelled', requests: [slow] }))
  expect(explanation).toMatch(/^The job was cancelled: by a person, by a newer run .* its own 'timeout-minutes'\./)
})

test('only a time-out without any status says that there was no status', () => {
  const of = (requests: Outcome['requests'], verdict: Outcome['verdict'] = 'timed-out') =>
    explanationOf(outcomeOf({ verdict, requests, elapsedMs: 90_000 }))
  expect(of([unanswered()])).toBe('AWS gave no status within 1 min 30 s.')
  expect([of([unanswered(), slow]), of([unanswered()], 'error')]).toEqual([null, null])
})
