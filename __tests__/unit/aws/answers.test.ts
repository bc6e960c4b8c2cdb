import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readAccountIds, readDescription, readRows } from '../../../src/aws/answers.ts'
import { UnreadableAnswer } from '../../../src/aws/errors/facts.ts'
import { failureFrom } from '../../../src/aws/errors/failure.ts'
import { statuses } from '../../../src/requests/request.ts'
import { requestId, requestIdOf } from '../examples.ts'
import { unanswered } from '../report/outcomes.ts'
import { context } from './errors/examples.ts'

describe('the description of a request', () => {
  test.each(statuses)('%s needs nothing else, and members of a wrong type are missing', (Status) => {
    const nothing = { status: Status, failureReason: null, ...unanswered().details }
    expect(readDescription({ Status }, requestId)).toEqual(nothing)
    const ofWrongType = { FailureReason: '', PermissionSetArn: 5, AccountId: null, TargetId: ['1'], PrincipalId: {} }
    for (const CreatedDate of [new Date(Number.NaN), '2026-11-20'])
      expect(readDescription({ Status, CreatedDate, PrincipalType: '', ...ofWrongType }, requestId)).toEqual(nothing)
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
    const known = { RequestId: requestId }
    for (const row of [null, 'x', {}, known, { ...known, Status: 'PAUSED' }, { Status: 'FAILED' }])
      expect(pageOf([row])).toEqual({ rows: [], nextToken: null, isPartial: true })
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
