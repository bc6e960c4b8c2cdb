import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parse } from 'yaml'
import { outputsOf, resultsOf } from '../../../src/report/outputs.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import {
  at,
  denied,
  failed,
  final,
  inProgress,
  outcomeOf,
  permissionSetArn,
  permissionSetArnOf,
  requestIdOf,
  several,
  succeeded,
  unanswered,
} from './outcomes.ts'

const reason = 'AWS\'s own words:\n::error::<b> ##[x]\u0000 "quoted"'

function outputs(...requests: RequestState[]) {
  return outputsOf(outcomeOf({ verdict: 'failed', requests }), '/temp/results.json')
}

test('outputs are those of action.yml, in its order', async () => {
  const { outputs }: { outputs: object } = parse(await readFile('action.yml', 'utf8'))
  expect(Object.keys(outputsOf(outcomeOf({}), ''))).toEqual(Object.keys(outputs))
})

test('the outputs of one request have everything that AWS said about it', () => {
  const request = failed({
    operation: 'create-account-assignment',
    failureReason: reason,
    createdDate: new Date('2026-11-20T12:34:56.7+02:00'),
    permissionSetArn,
    accountId: '111122223333',
    principalId: '90e1a2b3c4',
    principalType: 'GROUP',
  })
  const { results, ...others } = outputsOf(
    outcomeOf({
      verdict: 'failed',
      requests: [request],
      elapsedMs: 12_345.6789,
      accountsBehind: new Map([['arn', ['2', '1']]]),
    }),
    '/temp/results.json',
  )
  expect(others).toEqual({
    verdict: 'failed',
    status: 'FAILED',
    'failure-reason': reason,
    'created-date': '2026-11-20T10:34:56.700Z',
    'permission-set-arn': permissionSetArn,
    'account-id': '111122223333',
    'accounts-behind': '["1","2"]',
    'console-url':
      'https://eu-central-1.console.aws.amazon.com/singlesignon/home?region=eu-central-1#/instances/1234567890abcdef/permission-sets/details/ps-0000000000000001',
    'elapsed-seconds': '12.346',
    'results-file': '/temp/results.json',
  })
  expect(JSON.parse(results ?? '')).toEqual([
    {
      requestId: requestIdOf(1),
      operation: 'create-account-assignment',
      status: 'FAILED',
      failureReason: reason,
      createdDate: '2026-11-20T10:34:56.700Z',
      permissionSetArn,
      accountId: '111122223333',
      principalId: '90e1a2b3c4',
      principalType: 'GROUP',
      error: null,
    },
  ])
})

test('the outputs of a request without an answer are empty, and null in the results', () => {
  const { results, ...others } = outputsOf(
    outcomeOf({ verdict: 'error', requests: [unanswered({ blocker: final(denied) })] }),
    '',
  )
  expect(others).toEqual({
    verdict: 'error',
    status: '',
    'failure-reason': '',
    'created-date': '',
    'permission-set-arn': '',
    'account-id': '',
    'accounts-behind': '[]',
    'console-url': '',
    'elapsed-seconds': '0.000',
    'results-file': '',
  })
  expect(JSON.parse(results ?? '')).toEqual([
    {
      requestId: requestIdOf(1),
      operation: 'provision-permission-set',
      status: null,
      failureReason: null,
      createdDate: null,
      permissionSetArn: null,
      accountId: null,
      principalId: null,
      principalType: null,
      error: denied.message,
    },
  ])
})

test('a reason that was not read is missing, and the error says why', () => {
  const { results, ...others } = outputs(failed({ described: false }))
  expect(others).toMatchObject({ status: 'FAILED', 'failure-reason': '' })
  expect(JSON.parse(results ?? '')).toMatchObject([
    { failureReason: null, error: 'FAILED; the reason was not read: There was no time left to ask AWS' },
  ])
})

test('a success has no failure reason, even if AWS gives one', () => {
  const { results, ...others } = outputs({ ...succeeded(), failureReason: 'An old reason.' })
  expect(others['failure-reason']).toBe('')
  expect(JSON.parse(results ?? '')).toMatchObject([{ failureReason: null }])
})

test('each result has the operation of its own request, in the order given', () => {
  const { results } = outputs(succeeded({ number: 2, operation: 'delete-account-assignment' }), failed({ number: 1 }))
  expect(JSON.parse(results ?? '')).toMatchObject([
    { requestId: requestIdOf(2), operation: 'delete-account-assignment' },
    { requestId: requestIdOf(1), operation: 'provision-permission-set' },
  ])
})

describe('the outputs of several requests', () => {
  test.each<[string, string, RequestState[]]>([
    ['FAILED', 'any is', [succeeded(), inProgress(), failed(), unanswered()]],
    ['IN_PROGRESS', 'any is and none failed', [succeeded(), inProgress(), unanswered()]],
    ['SUCCEEDED', 'all are', [succeeded(), succeeded()]],
    ['', 'one is not known', [succeeded(), unanswered()]],
    ['', 'there is no request', []],
  ])('have the status "%s" if %s', (status, _, requests) => {
    expect(outputs(...requests)['status']).toBe(status)
  })

  test('have a line for each failure, with its ID, and with its reason if AWS gave one', () => {
    const requests = [
      failed({ number: 1, failureReason: 'One.' }),
      succeeded({ number: 2 }),
      failed({ number: 3 }),
      failed({ number: 4, failureReason: 'Four.' }),
    ]
    expect(outputs(...requests)['failure-reason']).toBe(
      `${requestIdOf(1)}: One.\n${requestIdOf(3)}: \n${requestIdOf(4)}: Four.`,
    )
    expect(outputs(succeeded(), inProgress())['failure-reason']).toBe('')
  })

  test('have the earliest known date', () => {
    const requests = [3, 1, 2].map((seconds) => succeeded({ createdDate: at(seconds) }))
    expect(outputs(unanswered(), ...requests)['created-date']).toBe('2026-11-20T10:00:01.000Z')
  })

  test('have the permission set and the account if all requests have the same', () => {
    const [one, other] = ['1', '2'].map((accountId) => succeeded({ permissionSetArn, accountId }))
    if (one === undefined || other === undefined) throw new Error('There are two')
    expect(outputs(one, one)).toMatchObject({ 'permission-set-arn': permissionSetArn, 'account-id': '1' })
    expect(outputs(one, other)).toMatchObject({ 'permission-set-arn': permissionSetArn, 'account-id': '' })
    expect(outputs(one, unanswered())).toMatchObject({ 'permission-set-arn': '', 'account-id': '' })
  })
})

test('of more than 1,000 requests, the output has no results, and the file has them all', () => {
  const outcome = outcomeOf({ requests: several(1_001, succeeded) })
  expect(outputsOf(outcome, '')['results']).toBe('[]')
  expect(JSON.parse(resultsOf(outcome))).toHaveLength(1_001)
  expect(outputs(...several(1_000, succeeded))['results']).toBe(
    resultsOf(outcomeOf({ requests: several(1_000, succeeded) })),
  )
})

test.each([
  ['one permission set', [permissionSetArn, permissionSetArn], /details\/ps-0000000000000001$/],
  ['several permission sets', [permissionSetArn, permissionSetArnOf(2)], /^$/],
  ['a partition without a known console', [permissionSetArn.replace('aws', 'aws-iso')], /^$/],
])('the console of %s', (_, arns, url) => {
  const { 'console-url': consoleUrl } = outputs(...arns.map((arn) => succeeded({ permissionSetArn: arn })))
  expect(consoleUrl).toMatch(url)
})

test("the output of a reason is AWS's text, verbatim", () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (failureReason) => {
      const { results, ...others } = outputs(failed({ failureReason }))
      expect(others['failure-reason']).toBe(failureReason)
      expect(JSON.parse(results ?? '')).toMatchObject([{ failureReason }])
    }),
  )
})
