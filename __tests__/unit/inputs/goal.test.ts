import { describe, expect, test } from '@jest/globals'
import type { Until } from '../../../src/requests/goal.ts'
import { permissionSetArnOf as arnOf, instanceArn, permissionSetArn, requestId } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

const arns = (count: number) => Array.from({ length: count }, (_, index) => arnOf(index + 10))
const set = 'permission-set-arn'
const none = { 'request-id': '' }

describe('permission-set-arn', () => {
  const terraformId = `${arnOf(10)},${instanceArn}`
  const inModule = {
    child_modules: [
      { resources: [{ values: { arn: arnOf(10), id: terraformId, tags: null } }] },
      { resources: [{ values: { id: `9067-user,USER,111122223333,AWS_ACCOUNT,${arnOf(11)},${instanceArn}` } }] },
    ],
    resources: [{ values: { policy: '{"Resource": "arn:aws:sso:::permissionSet/*"}', managed: [1.5, true, {}] } }],
  }
  const stackResources = [10, 11].map((number) => ({
    ResourceType: 'AWS::SSO::PermissionSet',
    PhysicalResourceId: `${instanceArn}|${arnOf(number)}`,
  }))
  test.each<[name: string, value: unknown, permissionSetArns: string[]]>([
    ['an ARN', permissionSetArn, [permissionSetArn]],
    ['ARNs and a repeat', `${arnOf(10)},${arnOf(11)}\n  ${arnOf(12)} ${arnOf(10)}`, arns(3)],
    ['a JSON array', arns(2), arns(2)],
    ['an array with blanks in it', [` ${permissionSetArn} `], [permissionSetArn]],
    ["the id of Terraform's resource", terraformId, arns(1)],
    ["several of Terraform's ids", `${terraformId}\n${arnOf(11)},${instanceArn}`, arns(2)],
    ["an array of Terraform's ids", [terraformId], arns(1)],
    ['a map name → ARN, as for_each gives it', { ReadOnly: arnOf(10), Admin: arnOf(11) }, arns(2)],
    ['a map ARN → name', { [arnOf(10)]: 'ReadOnly' }, arns(1)],
    ['terraform output -json', { arns: { sensitive: false, value: { a: arnOf(10) } } }, arns(1)],
    ['terraform show -json', { format_version: '1.0', values: { root_module: inModule } }, arns(2)],
    ["CloudFormation's describe-stack-resources", { StackResources: stackResources }, arns(2)],
    ["CDK's outputs", { IdentityStack: { ReadOnlyArn: arnOf(10), Number: '3' } }, arns(1)],
    ["AWS's list-permission-sets", { PermissionSets: arns(2), NextToken: null }, arns(2)],
    ['JSON and words', `${JSON.stringify({ a: arnOf(10) }, null, 2)}\n${arnOf(11)}`, arns(2)],
    ['2,000 ARNs', arns(2_000).join(' '), arns(2_000)],
  ])('may be %s', (_, value, permissionSetArns) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    expect(inputsOf({ ...none, [set]: text })).toMatchObject({ permissionSetArns, until: 'rolled-out', requests: [] })
  })

  test('all means every permission set of the instance', () => {
    const goal = inputsOf({ ...none, [set]: 'all' })
    expect(goal).toMatchObject({ isAboutAll: true, permissionSetArns: [], until: 'rolled-out' })
  })

  const form = "it must be 'all', ARNs of permission sets, or JSON that holds some."
  const looksLike = 'the ARN of a permission set looks like arn:aws:sso:::permissionSet/'
  const inString = 'This is JSON inside a JSON string'
  test.each<[value: string, problem: string, others?: Record<string, string>]>([
    ['all', 'is "all", but \'until: idle\' is about the whole instance without it.', { until: 'idle' }],
    ['all', "'until' is \"finished\", but 'permission-set-arn' has no effect with it.", { until: 'finished' }],
    ['all', "'instance-arn' is blank, and nothing else says which instance it is", { 'instance-arn': '' }],
    [',', `Input 'permission-set-arn' is ",", but ${form}`],
    ['[]', form],
    ['[1]', form],
    ['{}', `${form} This JSON holds none; terraform output -json`],
    [JSON.stringify({ arns: { value: JSON.stringify(arns(1)) } }), inString],
    [JSON.stringify(JSON.stringify({ a: arnOf(10) })), inString],
    ['["', 'that is not valid JSON.'],
    [`${'['.repeat(101)}${']'.repeat(101)}`, 'that is nested more than 100 levels deep.'],
    ['ReadOnly', looksLike],
    ['None', 'Where --query or jq finds nothing'],
    [`arns = {\n  "ReadOnly" = "${arnOf(10)}"\n}`, 'Terraform prints this for people; use terraform output -json.'],
    [instanceArn, form],
    [JSON.stringify(['ReadOnly', ...arns(1)]), `is "ReadOnly", but ${looksLike}`],
    [JSON.stringify({ a: arnOf(10), b: arnOf(11).slice(0, -1) }), `is "${arnOf(11).slice(0, -1)}", but ${looksLike}`],
    [`a b ${permissionSetArn} c d`, 'The same is wrong with "b", "c" and 1 more.'],
    [
      arns(2_001).join(),
      'holds 2001 permission sets, but one step waits for at most 2000. Split them over several steps.',
    ],
  ])('%s is refused: %s', (value, problem, others = {}) => {
    expect(problemsOf({ ...none, [set]: value, ...others })).toEqual([expect.stringContaining(problem)])
  })
})

describe('ignore-accounts', () => {
  const suspended = '111122223333'
  const closed = '000011112222'
  const rolledOut = { ...none, [set]: permissionSetArn }
  test.each<[string, string[]]>([
    ['', []],
    [suspended, [suspended]],
    [`${suspended}, ${closed}\n${suspended}`, [suspended, closed]],
    [JSON.stringify([` ${suspended} `, closed]), [suspended, closed]],
    ['[]', []],
  ])('%j is %j', (value, ignoredAccounts) => {
    expect(inputsOf({ ...rolledOut, 'ignore-accounts': value })).toMatchObject({ ignoredAccounts })
  })

  const onlyThen = `"${suspended}", but it has an effect only with 'until: rolled-out'.`
  test.each<[value: string, problem: string, inputs: Record<string, string>]>([
    ['1111222233334', '"1111222233334", but it must be account IDs, which have 12 digits', rolledOut],
    ['x111122223333 1111', '"x111122223333", but it must be', rolledOut],
    [
      '1111 2222',
      '"1111", but it must be account IDs, which have 12 digits, in quotes where it is JSON. The same is wrong with "2222".',
      rolledOut,
    ],
    ['[111122223333]', '"111122223333", but it must be account IDs, which have 12 digits, in quotes', rolledOut],
    ['["production"]', '"production", but', rolledOut],
    ['["1', '"[\\"1", but it must be account IDs', rolledOut],
    [',', '",", but it must be account IDs', rolledOut],
    [suspended, onlyThen, {}],
    [suspended, onlyThen, { ...none, until: 'idle' }],
  ])('%s is refused: %s', (value, problem, inputs) => {
    const expected = expect.stringContaining(`Input 'ignore-accounts' is ${problem}`)
    expect(problemsOf({ ...inputs, 'ignore-accounts': value })).toEqual([expected])
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
