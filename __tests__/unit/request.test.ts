import { expect, test } from '@jest/globals'
import { isFinished, operationNames, statuses, unknownState } from '../../src/request.ts'

test('statuses and operations are those of the API', () => {
  expect(statuses).toEqual(['SUCCEEDED', 'FAILED', 'IN_PROGRESS'])
  expect(operationNames).toEqual(['provision-permission-set', 'create-account-assignment', 'delete-account-assignment'])
})

test.each([
  ['SUCCEEDED', true],
  ['FAILED', true],
  ['IN_PROGRESS', false],
  [null, false],
] as const)('%s is the end of a request: %s', (status, finished) => {
  expect(isFinished(status)).toBe(finished)
})

test('of a request that nobody has asked about, nothing but its ID is known', () => {
  expect(unknownState('x')).toEqual({
    requestId: 'x',
    status: null,
    failureReason: null,
    createdDate: null,
    permissionSetArn: null,
    accountId: null,
    principalId: null,
    principalType: null,
  })
})
