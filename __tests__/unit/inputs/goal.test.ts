import { describe, expect, test } from '@jest/globals'
import type { Until } from '../../../src/requests/goal.ts'
import { instanceArn, permissionSetArn, requestId } from '../examples.ts'
import { inputsOf, problemsOf } from './reading.ts'

const arnOf = (number: number) => `${permissionSetArn.slice(0, -4)}${String(number).padStart(4, '0')}`
const arns = (count: number) => Array.from({ length: count }, (_, index) => arnOf(index + 10))
const set = 'permission-set-arn'
const none = { 'request-id': '' }

describe('permission-set-arn', () => {
  const terraformId = `${arnOf(10)},${instanceArn}`
  const inModule = {
    child_modules: [
      { resources: [{ type: 'aws_ssoadmin_permission_set', values: { arn: arnOf(10), id: terraformId, tags: null } }] },
      { resources: [{ values: { id: `9067-user,USER,111122223333,AWS_ACCOUNT,${arnOf(11)},${instanceArn}` } }] },
    ],
    resources: [
      { values: { inline_policy: '{"Resource": "arn:aws:sso:::permissionSet/*"}', managed: [1.5, true, {}] } },
    ],
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
    [
      'terraform output -json',
      { arns: { sensitive: false, type: ['map', 'string'], value: { a: arnOf(10) } } },
      arns(1),
    ],
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

  test.each<[inputs: Record<string, string>, problem: string]>([
    [
      { until: 'idle' },
      "Input 'permission-set-arn' is \"all\", but 'until: idle' is about the whole instance without it.",
    ],
    [{ until: 'finished' }, "Input 'until' is \"finished\", but 'permission-set-arn' has no effect with it."],
    [{ 'instance-arn': '' }, "Input 'instance-arn' is blank, and nothing else says which instance it is"],
  ])('all with %j is refused', (inputs, problem) => {
    expect(problemsOf({ ...none, [set]: 'all', ...inputs })).toEqual([expect.stringContaining(problem)])
  })

  const form = "it must be 'all', ARNs of permission sets, or JSON that holds some."
  const looksLike = 'the ARN of a permission set looks like arn:aws:sso:::permissionSet/'
  test.each<[value: string, problem: string]>([
    [',', `Input 'permission-set-arn' is ",", but ${form}`],
    ['[]', form],
    ['[1]', form],
    ['{}', `${form} This JSON holds none; terraform output -json`],
    [JSON.stringify({ arns: { value: JSON.stringify(arns(1)) } }), 'This is JSON inside a JSON string'],
    ['["', 'that is not valid JSON.'],
    [`${'['.repeat(101)}${']'.repeat(101)}`, 'that is nested more than 100 levels deep.'],
    ['ReadOnly', looksLike],
    [JSON.stringify(JSON.stringify({ a: arnOf(10) })), 'This is JSON inside a JSON string'],
    ['None', 'Where --query or jq finds nothing'],
    [`arns = {\n  "ReadOnly" = "${arnOf(10)}"\n}`, 'Terraform prints this for people; use terraform output -json.'],
    [instanceArn, form],
    [JSON.stringify(['ReadOnly', ...arns(1)]), `is "ReadOnly", but ${looksLike}`],
    [JSON.stringify({ a: arnOf(10), b: arnOf(11).slice(0, -1) }), `is "${arnOf(11).slice(0, -1)}", but ${looksLike}`],
  ])('%s is refused', (value, problem) => {
    expect(problemsOf({ ...none, [set]: value })).toEqual([expect.stringContaining(problem)])
  })

  test('at most 2,000 are taken', () => {
    expect(problemsOf({ ...none, [set]: arns(2_001).join() })).toEqual([
      "Input 'permission-set-arn' holds 2001 permission sets, but one step waits for at most 2000. Split them over several steps.",
    ])
  })

  test('many wrong ARNs have one cause', () => {
    expect(problemsOf({ ...none, [set]: `a b ${permissionSetArn} c d` })).toEqual([
      expect.stringMatching(
        /^Input 'permission-set-arn' is "a", but the ARN .* The same is wrong with "b", "c" and 1 more\.$/,
      ),
    ])
  })

  test('terraform show -json of 32 MiB does not keep the process busy', () => {
    const resource = { address: 'aws_iam_policy.x["a"]', mode: 'managed', values: { name: 'x'.repeat(90), tags: {} } }
    const resources = Array.from({ length: (32 * 2 ** 20) / 160 }, () => resource)
    const text = JSON.stringify({ values: { root_module: { resources: [...resources, { arn: arnOf(10) }] } } })
    const { user } = process.cpuUsage()
    expect(inputsOf({ ...none, [set]: text }).permissionSetArns).toEqual(arns(1))
    expect(process.cpuUsage().user - user).toBeLessThan(12e6)
  })
})

describe('ignore-accounts', () => {
  const [suspended, closed] = ['111122223333', '000011112222']
  const rolledOut = { ...none, [set]: permissionSetArn }
  test.each<[string, string[]]>([
    ['', []],
    [suspended, [suspended]],
    [`${suspended}, ${closed}\n${suspended}`, [suspended, closed]],
    [JSON.stringify([suspended, closed]), [suspended, closed]],
    ['[]', []],
  ])('%j is %j', (value, ignoredAccounts) => {
    expect(inputsOf({ ...rolledOut, 'ignore-accounts': value })).toMatchObject({ ignoredAccounts })
  })

  test.each<[Record<string, string>, string]>([
    [{ ...rolledOut, 'ignore-accounts': '1111 2222' }, 'is "1111", but it must be account IDs, which have 12 digits'],
    [{ ...rolledOut, 'ignore-accounts': '[111122223333]' }, 'in quotes where it is JSON.'],
    [{ ...rolledOut, 'ignore-accounts': '["production"]' }, 'is "production", but'],
    [{ ...rolledOut, 'ignore-accounts': '["1' }, 'it must be account IDs'],
    [{ ...rolledOut, 'ignore-accounts': ',' }, 'is ",", but it must be account IDs'],
    [{ 'ignore-accounts': suspended }, "but it has an effect only with 'until: rolled-out'."],
    [{ ...none, until: 'idle', 'ignore-accounts': suspended }, "but it has an effect only with 'until: rolled-out'."],
  ])('%j is refused', (inputs, problem) => {
    const problems = problemsOf(inputs)
    expect(problems).toEqual([expect.stringMatching(/^Input 'ignore-accounts' is "/)])
    expect(problems[0]).toContain(problem)
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
