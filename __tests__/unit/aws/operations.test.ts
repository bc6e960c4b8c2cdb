import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { troubleFrom } from '../../../src/aws/errors/advice.ts'
import type { ErrorContext } from '../../../src/aws/errors/classify.ts'
import { UnreadableAnswer } from '../../../src/aws/errors/facts.ts'
import { operations, readPage, readState } from '../../../src/aws/operations.ts'
import { operationNames, statuses } from '../../../src/request.ts'
import { instanceArn, permissionSetArn, requestId, requestIdOf } from '../examples.ts'

test.each(operationNames)('%s: the names of its APIs belong together', (name) => {
  const { startedBy, describeAction, listAction } = operations[name]
  expect(startedBy.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase()).toBe(name)
  const status = {
    Pro: 'PermissionSetProvisioning',
    Cre: 'AccountAssignmentCreation',
    Del: 'AccountAssignmentDeletion',
  }
  const asked = Object.entries(status).find(([start]) => startedBy.startsWith(start))?.[1]
  expect([describeAction, listAction]).toEqual([`sso:Describe${asked}Status`, `sso:List${asked}Status`])
})

describe('the state of a request', () => {
  const createdDate = new Date('2026-11-20T10:00:00Z')

  test('is made of all that AWS says of a provisioning', () => {
    const answer = {
      Status: 'FAILED',
      RequestId: requestId,
      AccountId: '111122223333',
      PermissionSetArn: permissionSetArn,
      FailureReason: ' verbatim\n',
      CreatedDate: createdDate,
    }
    expect(readState(answer, requestId)).toEqual({
      requestId,
      status: 'FAILED',
      failureReason: ' verbatim\n',
      createdDate,
      permissionSetArn,
      accountId: '111122223333',
      principalId: null,
      principalType: null,
    })
  })

  test('is made of all that AWS says of an account assignment', () => {
    const answer = {
      Status: 'SUCCEEDED',
      TargetId: '111122223333',
      TargetType: 'AWS_ACCOUNT',
      PrincipalId: 'someone',
      PrincipalType: 'USER',
    }
    expect(readState(answer, requestId)).toMatchObject({
      accountId: '111122223333',
      principalId: 'someone',
      principalType: 'USER',
    })
  })

  test.each(statuses)('%s needs nothing else', (Status) => {
    expect(readState({ Status }, requestId)).toEqual({
      requestId,
      status: Status,
      failureReason: null,
      createdDate: null,
      permissionSetArn: null,
      accountId: null,
      principalId: null,
      principalType: null,
    })
  })

  test('takes members that are not what they should be for missing', () => {
    const answer = {
      Status: 'FAILED',
      FailureReason: '',
      CreatedDate: new Date(Number.NaN),
      PermissionSetArn: 5,
      AccountId: null,
      TargetId: ['111122223333'],
      PrincipalId: {},
      PrincipalType: '',
    }
    expect(readState(answer, requestId)).toEqual(readState({ Status: 'FAILED' }, requestId))
    expect(readState({ Status: 'FAILED', CreatedDate: '2026-11-20' }, requestId).createdDate).toBeNull()
  })

  test.each<[string, unknown, string]>([
    ['no answer', undefined, 'The answer has no status'],
    ['null', null, 'The answer has no status'],
    ['no object', 'SUCCEEDED', 'The answer has no status'],
    ['no status', { RequestId: requestId }, 'The answer has no status'],
    ['a status that the API does not define', { Status: 'PAUSED' }, 'a status that the API does not define (PAUSED)'],
    ['a status in other letters', { Status: 'Succeeded' }, 'a status that the API does not define (Succeeded)'],
    ['a status that is no text', { Status: null }, 'a status that the API does not define (null)'],
    ['a list of one status', { Status: ['SUCCEEDED'] }, 'a status that the API does not define (["SUCCEEDED"])'],
    ['another request', { Status: 'SUCCEEDED', RequestId: requestIdOf(2) }, 'The answer is about another request'],
    ['a request that is none', { Status: 'SUCCEEDED', RequestId: null }, 'The answer is about another request'],
  ])('%s: cannot be read', (_, answer, message) => {
    expect(() => readState(answer, requestId)).toThrow(UnreadableAnswer)
    expect(() => readState(answer, requestId)).toThrow(message)
  })

  test('is one that AWS gave, or is asked for again, whatever comes back', () => {
    const context: ErrorContext = { action: 'sso:X', instanceArn, region: 'x', proxy: null, credentials: 'ambient' }
    const answers = fc.oneof(
      fc.anything(),
      fc.record({ Status: fc.oneof(fc.anything(), fc.constantFrom(...statuses)), RequestId: fc.constant(requestId) }),
    )
    fc.assert(
      fc.property(answers, (answer) => {
        try {
          const { status } = readState(answer, requestId)
          expect(answer).toHaveProperty('Status', status)
        } catch (error) {
          expect(troubleFrom(error, context)).toMatchObject({ effect: 'unclear', scope: 'every-call' })
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a page of a list', () => {
  const createdDate = new Date('2026-11-20T10:00:00Z')

  test('has the rows and the token that AWS gave', () => {
    const rows = [
      { RequestId: requestIdOf(1), Status: 'SUCCEEDED', CreatedDate: createdDate },
      { RequestId: requestIdOf(2), Status: 'IN_PROGRESS' },
    ]
    expect(readPage(rows, 'next')).toEqual({
      rows: [
        { requestId: requestIdOf(1), status: 'SUCCEEDED', createdDate },
        { requestId: requestIdOf(2), status: 'IN_PROGRESS', createdDate: null },
      ],
      nextToken: 'next',
    })
  })

  test.each([[undefined], [null], [''], [5]])('with the token %j is the last', (token) => {
    expect(readPage([], token)).toEqual({ rows: [], nextToken: null })
  })

  test('leaves out rows that say nothing', () => {
    const rows = [
      null,
      'x',
      {},
      { RequestId: requestId },
      { RequestId: requestId, Status: 'PAUSED' },
      { Status: 'FAILED' },
    ]
    expect(readPage(rows, null).rows).toEqual([])
  })

  test.each([[undefined], [null], [{}], ['[]']])('%j is none', (rows) => {
    expect(() => readPage(rows, null)).toThrow(new UnreadableAnswer('The answer has no list'))
  })
})
