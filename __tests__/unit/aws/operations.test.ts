import { expect, test } from '@jest/globals'
import { operations } from '../../../src/aws/operations.ts'
import { operationNames } from '../../../src/requests/request.ts'

test.each(operationNames)('the API names of %s belong together', (name) => {
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
