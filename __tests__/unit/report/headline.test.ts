import { describe, expect, test } from '@jest/globals'
import { headlineOf } from '../../../src/report/headline.ts'
import type { Outcome } from '../../../src/report/outcome.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import {
  callFailureOf,
  denied,
  failed,
  final,
  inProgress,
  outcomeOf,
  passing,
  permissionSetArn,
  permissionSetArnOf,
  several,
  succeeded,
  unanswered,
  unknown,
} from './outcomes.ts'

const slow = inProgress()
const done = succeeded()
const refused = unanswered({ blocker: final(denied) })
const lost = unanswered({ blocker: final(unknown) })
const outage = callFailureOf()
const names = new Map([
  [permissionSetArnOf(1), 'ReadOnlyAccess'],
  [permissionSetArnOf(2), 'AdminAccess'],
])

function expectHeadline(headline: string, outcome: Partial<Outcome>) {
  expect(headlineOf(outcomeOf(outcome))).toBe(headline)
}

describe('the headline of a success', () => {
  test.each<[string, Partial<Outcome>]>([
    ['Nothing to wait for', {}],
    ['Provisioning succeeded', { requests: [done] }],
    ['Provisioning succeeded', { requests: [succeeded({ permissionSetArn: permissionSetArnOf(3) })], names }],
    ['Provisioning of ReadOnlyAccess succeeded', { requests: [succeeded({ permissionSetArn })], names }],
    ['Account assignment succeeded', { requests: [succeeded({ operation: 'create-account-assignment' })] }],
    [
      'Deletion of an account assignment succeeded',
      { requests: [succeeded({ operation: 'delete-account-assignment' })] },
    ],
    ['All 2 requests succeeded', { requests: several(2, succeeded, { permissionSetArn }), names }],
  ])('%s', expectHeadline)
})

describe('the headline of a single look', () => {
  test.each<[string, RequestState[]]>([
    ['Provisioning is still in progress', [slow]],
    ['All 2 requests are still in progress', [slow, slow]],
    ['1 of 2 requests is still in progress', [slow, done]],
  ])('%s', (headline, requests) => {
    expectHeadline(headline, { verdict: 'in-progress', ending: 'looked-once', requests })
  })
})

describe('the headline of a failure says which permission sets failed', () => {
  const about = (...numbers: number[]) =>
    numbers.map((number) => failed({ permissionSetArn: permissionSetArnOf(number) }))

  test.each<[string, RequestState[]]>([
    ['Provisioning of ReadOnlyAccess failed', about(1)],
    ['Provisioning of ps-0000000000000003 failed', about(3)],
    ['Provisioning failed', [failed()]],
    ['Account assignment failed', [failed({ operation: 'create-account-assignment' })]],
    ['All 2 requests failed', [failed(), failed()]],
    ['2 of 5 requests failed: ReadOnlyAccess, AdminAccess', [...about(1, 2), done, done, done]],
    ['3 of 4 requests failed: ReadOnlyAccess', [...about(1, 1), failed({ described: false }), done]],
    ['All 5 requests failed: ReadOnlyAccess, AdminAccess, ps-0000000000000003 and 2 more', about(1, 2, 3, 4, 5)],
    ['1 of 2 requests failed: ReadOnlyAccess; 1 had not finished', [...about(1), slow]],
    ['1 of 4 requests failed; 1 had not finished; 2 could not be read', [failed(), slow, refused, unanswered()]],
  ])('%s', (headline, requests) => {
    expectHeadline(headline, { verdict: 'failed', requests, names })
  })
})

describe('the headline of a time-out', () => {
  test.each<[string, Partial<Outcome>]>([
    ['Provisioning had not finished after 30 min', { requests: [slow] }],
    ['Provisioning had not finished after 30 min', { requests: [slow], outage }],
    ['1 of 2 requests had not finished after 30 min', { requests: [slow, done] }],
    ['1 of 2 requests had not finished after 30 min; 1 could not be read', { requests: [slow, unanswered()] }],
  ])('%s', (headline, outcome) => {
    expectHeadline(headline, { verdict: 'timed-out', ending: 'timed-out', elapsedMs: 1_800_000, ...outcome })
  })

  test.each<[string, Partial<Outcome>]>([
    [outage.title, { requests: [unanswered({ blocker: passing(outage) })], outage }],
    [outage.title, { requests: several(2, unanswered), outage }],
    [unknown.title, { requests: [unanswered({ blocker: passing(unknown, 0) })] }],
    [`${outage.title} (1 of 2 requests)`, { requests: [unanswered(), done], outage }],
    [
      'All 2 requests could not be read',
      { requests: [unanswered({ blocker: passing(unknown) }), unanswered()], outage },
    ],
    ['AWS had not answered after 30 min', { requests: [unanswered()] }],
    ['1 of 2 requests could not be read', { requests: [unanswered(), done] }],
    [
      `${unknown.title} (1 of 2 requests)`,
      { requests: [unanswered({ blocker: passing(unknown) }), slow], ending: 'looked-once' },
    ],
  ])('without an answer names the failure: %s', (headline, outcome) => {
    expectHeadline(headline, { verdict: 'timed-out', ending: 'timed-out', elapsedMs: 1_800_000, ...outcome })
  })
})

describe('the headline of a cancelled job', () => {
  test.each<[string, RequestState[]]>([
    ['Cancelled after 5.0 s', [slow]],
    ['Cancelled after 5.0 s', [done, failed()]],
    ['Cancelled after 5.0 s; 2 of 3 requests had not finished', [slow, slow, done]],
    [
      'Cancelled after 5.0 s; 1 of 2 requests had not finished; 1 of 2 requests could not be read',
      [slow, unanswered()],
    ],
  ])('%s', (headline, requests) => {
    expectHeadline(headline, { verdict: 'cancelled', ending: 'cancelled', elapsedMs: 5_000, requests })
  })
})

describe('the headline of an error names the cause', () => {
  test.each<[string, Partial<Outcome>]>([
    [denied.title, { requests: [refused] }],
    [denied.title, { requests: [refused, unanswered({ blocker: final(denied, false) })] }],
    [`${denied.title} (1 of 3 requests)`, { requests: [refused, done, done] }],
    [`${unknown.title} (1 of 2 requests); 1 had not finished`, { requests: [lost, slow] }],
    [`${denied.title} (1 of 2 requests)`, { requests: [inProgress({ blocker: final(denied) }), done] }],
    ['2 of 3 requests could not be read', { requests: [refused, lost, done] }],
    ['All 2 requests could not be read', { requests: [refused, lost] }],
    ['Wrong input: wait', { problems: ['Input \'wait\' is "x", but', "Input 'wait' is 'y'"], ending: null }],
    [
      'Wrong inputs: request-file, AWS_REGION, HTTPS_PROXY and 1 more',
      {
        problems: [
          "The file of input 'request-file' holds a text",
          "AWS_REGION, used in place of input 'aws-region', is",
          'The environment variable HTTPS_PROXY does not',
          "Input 'instance-arn' is required",
        ],
        ending: null,
      },
    ],
    ['The action failed', { problems: ['boom'], outage: callFailureOf({ title: 'The action failed' }), ending: null }],
  ])('%s', (headline, outcome) => {
    expectHeadline(headline, { verdict: 'error', ...outcome })
  })
})

test('names and titles have the style of their place', () => {
  const style = { name: (name: string) => `<${name}>`, title: (title: string) => `[${title}]` }
  const of = (outcome: Partial<Outcome>) => headlineOf(outcomeOf({ names, ...outcome }), style)
  expect(of({ requests: [succeeded({ permissionSetArn })] })).toBe('Provisioning of <ReadOnlyAccess> succeeded')
  expect(of({ verdict: 'failed', requests: [failed({ permissionSetArn })] })).toBe(
    'Provisioning of <ReadOnlyAccess> failed',
  )
  expect(of({ verdict: 'failed', requests: [failed({ permissionSetArn }), done] })).toBe(
    '1 of 2 requests failed: <ReadOnlyAccess>',
  )
  expect(of({ verdict: 'error', requests: [refused] })).toBe(`[${denied.title}]`)
})
