import { DescribePermissionSetProvisioningStatusCommand } from '@aws-sdk/client-sso-admin'
import { expect, test } from '@jest/globals'
import type { Fault, Simulator } from '../../../simulator/simulator.ts'
import { clientOf, simulate } from './harness.ts'

function ask(simulator: Simulator, requestId: string, abortSignal = AbortSignal.timeout(5000)) {
  const { instanceArn: InstanceArn } = simulator
  const input = { InstanceArn, ProvisionPermissionSetRequestId: requestId }
  return clientOf(simulator).send(new DescribePermissionSetProvisioningStatusCommand(input), { abortSignal })
}

async function simulateFault(fault: Fault) {
  const simulator = await simulate({ faults: [{ fault }] })
  const [requestId = ''] = simulator.start({ seconds: 0 })
  return { simulator, requestId }
}

test('error: any AWS error', async () => {
  const { simulator, requestId } = await simulateFault({
    kind: 'error',
    code: 'AccessDeniedException',
    message: 'no key',
    reason: 'KMS_AccessDeniedException',
  })
  await expect(ask(simulator, requestId)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    Reason: 'KMS_AccessDeniedException',
    message: 'no key',
  })
  expect(simulator.calls[0]?.outcome).toBe('AccessDeniedException')
  simulator.configure({ faults: [{ fault: { kind: 'error', code: 'InternalServerException' } }] })
  await expect(ask(simulator, requestId)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } })
})

test('http: any answer', async () => {
  const { simulator } = await simulateFault({ kind: 'http', status: 502, headers: { via: 'proxy' }, body: '<html>' })
  const answer = await fetch(simulator.endpoint)
  expect([answer.status, answer.headers.get('via'), await answer.text()]).toEqual([502, 'proxy', '<html>'])
})

test.each(['before-headers', 'inside-headers'] as const)('reset %s', async (when) => {
  const { simulator, requestId } = await simulateFault({ kind: 'reset', when })
  await expect(ask(simulator, requestId)).rejects.toThrow('read ECONNRESET')
  expect(simulator.calls[0]?.outcome).toBe('reset')
})

test('reset after the headers', async () => {
  const { simulator } = await simulateFault({ kind: 'reset', when: 'after-headers' })
  const answer = await fetch(simulator.oidc.url)
  await expect(answer.text()).rejects.toThrow('terminated')
})

test('truncate: half of the body', async () => {
  const { simulator } = await simulateFault({ kind: 'truncate' })
  const answer = await fetch(simulator.oidc.url)
  const chunks: Uint8Array[] = []
  const read = async () => {
    for await (const chunk of answer.body ?? []) chunks.push(chunk)
  }
  await expect(read()).rejects.toThrow('terminated')
  expect(Buffer.concat(chunks).length).toBe(Math.floor(Number(answer.headers.get('content-length')) / 2))
})

test('drip: a byte a second', async () => {
  const { simulator } = await simulateFault({ kind: 'drip' })
  const startedMs = performance.now()
  const answer = await fetch(simulator.oidc.url)
  const received: number[] = []
  for await (const bytes of answer.body ?? []) {
    received.push(...bytes)
    if (received.length > 1) break
  }
  expect(Buffer.from(received).toString()).toMatch(/^\{"/)
  // The first byte comes at once. On a busy machine, both can be read together.
  expect(performance.now() - startedMs).toBeGreaterThan(900)
})

test('hang: no answer at all, and the simulator can be closed nevertheless', async () => {
  const { simulator, requestId } = await simulateFault({ kind: 'hang' })
  const received = async (count: number) => {
    while (simulator.calls.length < count) await new Promise(setImmediate)
  }
  const patience = new AbortController()
  const impatient = ask(simulator, requestId, patience.signal).catch(({ name }: Error) => name)
  await received(1)
  patience.abort()
  expect([await impatient, simulator.calls[0]?.outcome]).toEqual(['AbortError', 'hang'])
  const hanging = ask(simulator, requestId).catch(({ message }: Error) => message)
  await received(2)
  await simulator.close()
  expect(await hanging).toContain('socket hang up')
  await expect(fetch(simulator.endpoint)).rejects.toThrow()
})

test('patch: members replaced or removed, or another answer', async () => {
  const { simulator, requestId } = await simulateFault({
    kind: 'patch',
    patch: { Status: 'PAUSED', CreatedDate: undefined },
  })
  expect((await ask(simulator, requestId)).PermissionSetProvisioningStatus).toEqual({
    Status: 'PAUSED',
    RequestId: requestId,
    PermissionSetArn: simulator.permissionSetArn,
  })
  simulator.configure({ faults: [{ fault: { kind: 'patch', patch: () => ({}) } }] })
  expect((await ask(simulator, requestId)).PermissionSetProvisioningStatus).toBeUndefined()
})
