import { expect, test } from '@jest/globals'
import { listed, permissionSetLabel, requestText, subjectOf } from '../../../src/report/subject.ts'
import { inProgress, type Known, permissionSetArn, requestIdOf, unanswered } from './outcomes.ts'

const names = new Map([[permissionSetArn, 'ReadOnlyAccess']])
const accountId = '111122223333'
const alone = { names, requests: [] }

test.each<[string, Known, string | null]>([
  ['a provisioning to every account', { permissionSetArn }, 'ReadOnlyAccess in all accounts'],
  ['a provisioning to one account', { permissionSetArn, accountId }, 'ReadOnlyAccess in 111122223333'],
  [
    'an assignment',
    { permissionSetArn, accountId, operation: 'create-account-assignment' },
    'ReadOnlyAccess in 111122223333',
  ],
  [
    'an assignment in an account that AWS did not name',
    { permissionSetArn, operation: 'delete-account-assignment' },
    'ReadOnlyAccess',
  ],
  ['a request of which AWS named the account alone', { accountId }, 'account 111122223333'],
  ['a request that AWS said nothing about', {}, null],
])('the subject of %s', (_, known, subject) => {
  expect(subjectOf(inProgress(known), names)).toBe(subject)
})

test('a permission set without a name is shown by its ID', () => {
  expect(permissionSetLabel(permissionSetArn, new Map())).toBe('ps-0000000000000001')
  expect(['no-arn', 'ends/'].map((arn) => permissionSetLabel(arn, new Map()))).toEqual(['no-arn', 'ends/'])
})

test('one of several requests is shown by its subject and its ID, or only by its ID', () => {
  expect(requestText(inProgress({ permissionSetArn, accountId }), alone)).toBe(
    `ReadOnlyAccess in 111122223333 (${requestIdOf(1)})`,
  )
  expect(requestText(unanswered(), alone)).toBe(requestIdOf(1))
})

test('one of several requests of several APIs is shown with its own API', () => {
  const deletion = inProgress({ permissionSetArn, accountId, operation: 'delete-account-assignment' })
  const context = { names, requests: [deletion, unanswered({ number: 2 })] }
  expect(context.requests.map((request) => requestText(request, context))).toEqual([
    `ReadOnlyAccess in 111122223333 (DeleteAccountAssignment ${requestIdOf(1)})`,
    `ProvisionPermissionSet ${requestIdOf(2)}`,
  ])
})

test("AWS's part of a subject has the style of its place, and by default is one short line", () => {
  const request = inProgress({ permissionSetArn: `x\n${'y'.repeat(200)}`, accountId: 'z' })
  expect(subjectOf(request, names)).toMatch(/^x y{98}… \(102 more characters\) in z$/)
  expect(requestText(inProgress({ permissionSetArn, accountId: 'z' }), alone, (value) => `<${value}>`)).toBe(
    `<ReadOnlyAccess> in <z> (<${requestIdOf(1)}>)`,
  )
})

test('the first three of many things are listed, and the rest is counted', () => {
  const list = (count: number, most?: number) =>
    listed(
      Array.from({ length: count }, (_, index) => index),
      String,
      most,
    )
  expect([1, 3, 5].map((count) => list(count))).toEqual(['0', '0, 1, 2', '0, 1, 2 and 2 more'])
  expect(list(5, 4)).toBe('0, 1, 2, 3 and 1 more')
})
