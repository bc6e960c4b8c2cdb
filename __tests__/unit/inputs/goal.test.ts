import { describe, expect, test } from '@jest/globals'
import type { Until } from '../../../src/requests/goal.ts'
import { permissionSetArn, requestId } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

const arnOf = (number: number) => `${permissionSetArn.slice(0, -2)}${number}`
const arns = (count: number) => Array.from({ length: count }, (_, index) => arnOf(index + 10))
const set = 'permission-set-arn'
const none = { 'request-id': '' }

describe('permission-set-arn', () => {
  test.each<[string, string[]]>([
    [permissionSetArn, [permissionSetArn]],
    [`${arnOf(10)},${arnOf(11)}\n  ${arnOf(12)} ${arnOf(10)}`, arns(3)],
    [JSON.stringify(arns(2)), arns(2)],
    [`[" ${permissionSetArn} "]`, [permissionSetArn]],
    [arns(50).join(' '), arns(50)],
  ])('%j is %j', (value, permissionSetArns) => {
    expect(inputsOf({ ...none, [set]: value })).toMatchObject({ permissionSetArns, until: 'rolled-out', requests: [] })
  })

  test.each<[string, RegExp]>([
    [',', /^Input 'permission-set-arn' is ",", but it must be ARNs of permission sets, or a JSON array of them\.$/],
    ['[]', /must be ARNs of permission sets/],
    ['[1]', /must be ARNs of permission sets/],
    ['["', /must be ARNs of permission sets/],
    ['ReadOnly', /the ARN of a permission set looks like/],
    [
      permissionSetArn.replace('ssoins-1', 'ssoins-2'),
      /that is a permission set of another instance than 'instance-arn'/,
    ],
    [arns(51).join(), /^Input 'permission-set-arn' holds 51 permission sets, but one step waits for at most 50\./],
  ])('%s is refused', (value, problem) => {
    expect(problemsOf({ ...none, [set]: value })).toEqual([expect.stringMatching(problem)])
  })

  test('the cause of many wrong ARNs is told once', () => {
    const [, other] = [1, 2].map((number) => permissionSetArn.replace('ssoins-1', `ssoins-${number}`))
    expect(problemsOf({ ...none, [set]: `a b ${other} c d` })).toEqual([
      expect.stringMatching(
        /^Input 'permission-set-arn' is "a", but the ARN .* The same is wrong with "b", "c" and 1 more\.$/,
      ),
      expect.stringMatching(/another instance than 'instance-arn' \([^)]*\)\.$/),
    ])
  })
})

describe('until', () => {
  test.each<[Until, Record<string, string>]>([
    ['finished', {}],
    ['finished', { until: 'finished' }],
    ['rolled-out', { until: 'rolled-out' }],
    ['rolled-out', { [set]: permissionSetArn }],
    ['rolled-out', { ...none, [set]: permissionSetArn, until: 'rolled-out' }],
    ['rolled-out', { 'request-id': '[]', until: 'rolled-out' }],
    ['idle', { ...none, until: 'idle' }],
    ['idle', { ...none, until: 'idle', [set]: permissionSetArn }],
  ])('is %s with %j', (until, inputs) => {
    expect(inputsOf(inputs).until).toBe(until)
  })

  test.each<[Record<string, string>, RegExp]>([
    [{ until: 'done' }, /'until'/],
    [{ until: 'finished', [set]: permissionSetArn }, /"finished", but 'permission-set-arn' has no effect/],
    [{ until: 'idle' }, /"idle", but 'request-id' has no effect/],
    [{ ...none, until: 'rolled-out' }, /"rolled-out", but nothing says which permission set/],
    [{ until: 'rolled-out', operation: 'create-account-assignment' }, /no request is a provisioning/],
    [{ ...none, until: 'finished' }, /^Input 'request-id' is blank/],
  ])('is refused with %j', (inputs, problem) => {
    expect(problemsOf(inputs).join('\n')).toMatch(problem)
  })

  test('with request IDs and a permission set, both are waited for', () => {
    const { permissionSetArns, requests } = inputsOf({ [set]: permissionSetArn })
    expect([permissionSetArns, requests.map((request) => request.requestId)]).toEqual([[permissionSetArn], [requestId]])
  })
})
