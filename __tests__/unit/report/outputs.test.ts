import { expect, test } from '@jest/globals'
import { outputsOf } from '../../../src/report/outputs.ts'
import type { RequestState } from '../../../src/wait/state/request-state.ts'
import { permissionSetArnOf } from '../examples.ts'
import { at, failed, inProgress, permissionSetArn, storyWith, succeeded, unanswered } from './outcomes.ts'

const about = { permissionSetArn, accountId: '1' }
const elsewhere = { permissionSetArn: permissionSetArnOf(2), accountId: '2' }
const oneSecond = at(1).toISOString()
const unpublished = { permissionSetArn: permissionSetArn.replace('aws', 'aws-iso') }

test.each<[string, string, string | RegExp, RequestState[]]>([
  ['status', 'any is FAILED', 'FAILED', [succeeded(), inProgress(), failed(), unanswered()]],
  ['status', 'any is IN_PROGRESS, and none FAILED', 'IN_PROGRESS', [succeeded(), inProgress(), unanswered()]],
  ['status', 'all are SUCCEEDED', 'SUCCEEDED', [succeeded(), succeeded()]],
  ['status', 'one is not known', '', [succeeded(), unanswered()]],
  ['status', 'there is no request', '', []],
  ['failure-reason', 'AWS gave none', '', [failed()]],
  ['failure-reason', 'a success has one', '', [{ ...succeeded(), failureReason: 'An old reason.' }]],
  [
    'failure-reason',
    'some have failed',
    /000002: Two\.\n.*000003: $/,
    [succeeded(), failed({ number: 2, failureReason: 'Two.' }), failed({ number: 3 })],
  ],
  [
    'created-date',
    'some are known',
    oneSecond,
    [unanswered(), ...[3, 1].map((s) => succeeded({ createdDate: at(s) }))],
  ],
  ['permission-set-arn', 'all have the same', permissionSetArn, [succeeded(about), failed(about)]],
  ['permission-set-arn', 'one has another', '', [succeeded(about), succeeded(elsewhere)]],
  ['permission-set-arn', 'one has none', '', [succeeded(about), unanswered()]],
  ['account-id', 'all have the same', '1', [succeeded(about), failed(about)]],
  ['account-id', 'one has another', '', [succeeded(about), succeeded(elsewhere)]],
  ['console-url', 'all have the same permission set', /\/ps-0000000000000001$/, [succeeded(about), failed(about)]],
  ['console-url', 'one has another', '', [succeeded(about), succeeded(elsewhere)]],
  ['console-url', 'the partition has no known console', '', [succeeded(unpublished)]],
])('the output %s if %s', (name, _, value, requests) => {
  const { [name]: found = '' } = outputsOf(storyWith({ verdict: 'failed', requests }), '')
  if (typeof value === 'string') expect(found).toBe(value)
  else expect(found).toMatch(value)
})
