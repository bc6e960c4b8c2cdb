import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parse } from 'yaml'
import { outputsOf } from '../../../src/report/outputs.ts'
import { outcomeOf, permissionSetArn, requestId, requestIdOf, resultOf } from '../examples.ts'

const reason = 'AWS\'s own words:\n::error::<b> ##[x]\u0000 "quoted"'

test('of one request', () => {
  const result = resultOf('FAILED', {
    failureReason: reason,
    createdDate: new Date('2026-11-20T12:34:56.7+02:00'),
    permissionSetArn,
    accountId: '111122223333',
    principalId: '90e1a2b3c4',
    principalType: 'GROUP',
  })
  const outcome = outcomeOf({
    verdict: 'failed',
    operation: 'create-account-assignment',
    results: [result],
    accountsBehind: new Map([
      ['arn:one', ['444455556666', '777788889999']],
      ['arn:other', ['111122223333', '444455556666']],
    ]),
    elapsedMs: 12_345.6789,
  })
  const { results, ...others } = outputsOf(outcome)
  expect(others).toEqual({
    verdict: 'failed',
    status: 'FAILED',
    'failure-reason': reason,
    'created-date': '2026-11-20T10:34:56.700Z',
    'permission-set-arn': permissionSetArn,
    'account-id': '111122223333',
    'accounts-behind': '["111122223333","444455556666","777788889999"]',
    'elapsed-seconds': '12.346',
  })
  expect(JSON.parse(results ?? '')).toEqual([
    {
      requestId,
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

test('of a request of which nothing was learnt: what is not known is empty, and null in the results', () => {
  const result = resultOf(null, {}, { error: 'Access denied', givenUp: true })
  const { results, ...others } = outputsOf(outcomeOf({ verdict: 'error', results: [result] }))
  expect(others).toEqual({
    verdict: 'error',
    status: '',
    'failure-reason': '',
    'created-date': '',
    'permission-set-arn': '',
    'account-id': '',
    'accounts-behind': '[]',
    'elapsed-seconds': '0.000',
  })
  expect(JSON.parse(results ?? '')).toEqual([
    {
      requestId,
      operation: 'provision-permission-set',
      status: null,
      failureReason: null,
      createdDate: null,
      permissionSetArn: null,
      accountId: null,
      principalId: null,
      principalType: null,
      error: 'Access denied',
    },
  ])
})

test('of several requests, in the order given', () => {
  const results = [
    resultOf('SUCCEEDED', {
      requestId: requestIdOf(2),
      permissionSetArn,
      accountId: '1',
      createdDate: new Date(2_000),
    }),
    resultOf('FAILED', { requestId: requestIdOf(1), permissionSetArn, accountId: '2', createdDate: new Date(1_000) }),
  ]
  const outputs = outputsOf(outcomeOf({ verdict: 'failed', results }))
  expect(outputs).toMatchObject({
    status: 'FAILED',
    'failure-reason': `${requestIdOf(1)}: `,
    'created-date': '1970-01-01T00:00:01.000Z',
    'permission-set-arn': permissionSetArn,
    'account-id': '',
  })
  const order: { requestId: string }[] = JSON.parse(outputs['results'] ?? '')
  expect(order.map(({ requestId }) => requestId)).toEqual([requestIdOf(2), requestIdOf(1)])
})

test('are those that action.yml declares, in its order', async () => {
  const { outputs }: { outputs: object } = parse(await readFile('action.yml', 'utf8'))
  expect(Object.keys(outputsOf(outcomeOf({})))).toEqual(Object.keys(outputs))
})

test("AWS's reason is carried verbatim, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (failureReason) => {
      const outputs = outputsOf(outcomeOf({ verdict: 'failed', results: [resultOf('FAILED', { failureReason })] }))
      expect(outputs['failure-reason']).toBe(failureReason)
      expect(JSON.parse(outputs['results'] ?? '')).toEqual([expect.objectContaining({ failureReason })])
    }),
  )
})
