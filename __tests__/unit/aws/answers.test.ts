import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readAccountIds, readDescription, readRows } from '../../../src/aws/answers.ts'
import { UnreadableAnswer } from '../../../src/aws/errors/facts.ts'
import { failureFrom } from '../../../src/aws/errors/failure.ts'
import { statuses } from '../../../src/requests/request.ts'
import { permissionSetArn, requestId, requestIdOf } from '../examples.ts'
import { context } from './errors/examples.ts'

describe('the description of a request', () => {
  const createdDate = new Date('2026-11-20T10:00:00Z')

  test('has everything that AWS says about a provisioning', () => {
    const answer = {
      Status: 'FAILED',
      RequestId: requestId,
      AccountId: '111122223333',
      PermissionSetArn: permissionSetArn,
      FailureReason: ' verbatim\n',
      CreatedDate: createdDate,
    }
    expect(readDescription(answer, requestId)).toEqual({
      status: 'FAILED',
      failureReason: ' verbatim\n',
      createdDate,
      permissionSetArn,
      accountId: '111122223333',
      principalId: null,
      principalType: null,
    })
  })

  test('has everything that AWS says about an account assignment', () => {
    const answer = {
      Status: 'SUCCEEDED',
      TargetId: '111122223333',
      TargetType: 'AWS_ACCOUNT',
      PrincipalId: 'someone',
      PrincipalType: 'USER',
    }
    expect(readDescription(answer, requestId)).toMatchObject({
      accountId: '111122223333',
      principalId: 'someone',
      principalType: 'USER',
    })
  })

  test.each(statuses)('%s needs nothing else', (Status) => {
    expect(readDescription({ Status }, requestId)).toEqual({
      status: Status,
      failureReason: null,
      createdDate: null,
      permissionSetArn: null,
      accountId: null,
      principalId: null,
      principalType: null,
    })
  })

  test('treats members of a wrong type as missing', () => {
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
    expect(readDescription(answer, requestId)).toEqual(readDescription({ Status: 'FAILED' }, requestId))
    expect(readDescription({ Status: 'FAILED', CreatedDate: '2026-11-20' }, requestId).createdDate).toBeNull()
  })

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'The answer has no status'],
    ['null', null, 'The answer has no status'],
    ['text in place of an object', 'SUCCEEDED', 'The answer has no status'],
    ['no status', { RequestId: requestId }, 'The answer has no status'],
    ['a status that the API does not define', { Status: 'PAUSED' }, 'a status that the API does not define (PAUSED)'],
    ['a status in lower case', { Status: 'Succeeded' }, 'a status that the API does not define (Succeeded)'],
    ['a status that is not text', { Status: null }, 'a status that the API does not define (null)'],
    ['a list of one status', { Status: ['SUCCEEDED'] }, 'a status that the API does not define (["SUCCEEDED"])'],
    ['another request', { Status: 'SUCCEEDED', RequestId: requestIdOf(2) }, 'The answer is about another request'],
    ['a request ID that is not text', { Status: 'SUCCEEDED', RequestId: null }, 'The answer is about another request'],
  ])('cannot be read from an answer with %s', (_, answer, message) => {
    expect(() => readDescription(answer, requestId)).toThrow(UnreadableAnswer)
    expect(() => readDescription(answer, requestId)).toThrow(message)
  })

  test('is either what AWS gave or unreadable, for any answer', () => {
    const answers = fc.oneof(
      fc.anything(),
      fc.record({ Status: fc.oneof(fc.anything(), fc.constantFrom(...statuses)), RequestId: fc.constant(requestId) }),
    )
    fc.assert(
      fc.property(answers, (answer) => {
        try {
          const { status } = readDescription(answer, requestId)
          expect(answer).toHaveProperty('Status', status)
        } catch (error) {
          expect(failureFrom(error, context)).toMatchObject({ effect: 'unclear', scope: 'every-call' })
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a page of requests', () => {
  const createdDate = new Date('2026-11-20T10:00:00Z')
  const pageOf = (Requests: unknown, NextToken?: unknown) => readRows({ Requests, NextToken }, 'Requests')

  test('has the rows and the token that AWS gave', () => {
    const rows = [
      { RequestId: requestIdOf(1), Status: 'SUCCEEDED', CreatedDate: createdDate },
      { RequestId: requestIdOf(2), Status: 'IN_PROGRESS' },
    ]
    expect(pageOf(rows, 'next')).toEqual({
      rows: [
        { requestId: requestIdOf(1), status: 'SUCCEEDED', createdDate },
        { requestId: requestIdOf(2), status: 'IN_PROGRESS', createdDate: null },
      ],
      nextToken: 'next',
      isPartial: false,
    })
  })

  test.each([
    [undefined, false],
    [null, false],
    ['', false],
    [5, true],
  ])('is the last if its token is %j, and partial if that says nothing: %j', (token, isPartial) => {
    expect(pageOf([], token)).toEqual({ rows: [], nextToken: null, isPartial })
  })

  test('is partial without rows that say nothing', () => {
    const rows = [
      null,
      'x',
      {},
      { RequestId: requestId },
      { RequestId: requestId, Status: 'PAUSED' },
      { Status: 'FAILED' },
    ]
    for (const row of rows) expect(pageOf([row])).toEqual({ rows: [], nextToken: null, isPartial: true })
  })

  test.each([[undefined], [null], [{}], ['[]']])('cannot be read from %j', (rows) => {
    expect(() => pageOf(rows)).toThrow(new UnreadableAnswer('The answer has no list'))
  })
})

describe('a page of accounts', () => {
  test('has only account IDs, and is partial without what is none', () => {
    const read = (AccountIds: unknown) => readAccountIds({ AccountIds, NextToken: 'next' })
    const known = { rows: ['111122223333'], nextToken: 'next' }
    expect(read(['111122223333'])).toEqual({ ...known, isPartial: false })
    for (const other of ['1111', null, 5, '11112222333x'])
      expect(read(['111122223333', other])).toEqual({ ...known, isPartial: true })
  })

  test('cannot be read from an answer without a list', () => {
    expect(() => readAccountIds({})).toThrow(UnreadableAnswer)
  })
})
