import { ListInstancesCommand } from '@aws-sdk/client-sso-admin'
import { describe, expect, test } from '@jest/globals'
import type { Fault, FaultRule, Simulator, SimulatorOptions } from '../../../simulator/simulator.ts'
import type { Trouble } from '../../../src/polling/api.ts'
import { Budget } from '../../../src/polling/budget.ts'
import { operationNames } from '../../../src/request.ts'
import { VirtualClock } from '../../virtual-clock.ts'
import { requestIdOf } from '../examples.ts'
import { simulate } from '../simulator/harness.ts'
import { identityCenterOf, never } from './harness.ts'

const describeAction = 'sso:DescribePermissionSetProvisioningStatus'

/** What comes of asking about a request, which has ended unless planned otherwise. */
async function ask(options: SimulatorOptions & { fault?: Fault }, known: Parameters<typeof identityCenterOf>[1] = {}) {
  const { fault, ...settings } = options
  const simulator = await simulate({ seconds: 0, ...settings, faults: fault ? [{ fault }] : (settings.faults ?? []) })
  const [requestId = ''] = simulator.start()
  const harness = identityCenterOf(simulator, known)
  const describe = () => harness.identityCenter.describe(requestId, never)
  return { ...harness, answer: await describe(), describe, requestId, simulator }
}

async function troubleOf(...given: Parameters<typeof ask>): Promise<Trouble> {
  const { answer } = await ask(...given)
  if (answer.ok) throw new Error('There was no trouble')
  return answer.trouble
}

describe('a request', () => {
  test.each(operationNames)('%s: is described', async (operation) => {
    const simulator = await simulate({ status: 'FAILED', seconds: 0, failureReason: 'Because.' })
    const [requestId = ''] = simulator.start({ operation, accountId: '111122223333' })
    const { identityCenter, debug } = identityCenterOf(simulator, { operation })
    const isAssignment = operation !== 'provision-permission-set'
    expect(await identityCenter.describe(requestId, never)).toEqual({
      ok: true,
      value: {
        requestId,
        status: 'FAILED',
        failureReason: 'Because.',
        createdDate: expect.any(Date),
        permissionSetArn: simulator.permissionSetArn,
        accountId: '111122223333',
        principalId: isAssignment ? expect.any(String) : null,
        principalType: isAssignment ? 'GROUP' : null,
      },
    })
    expect(debug).toEqual([expect.stringMatching(/^sso:Describe\w+Status: answered in \d+ ms$/)])
  })

  test.each(operationNames)('%s: is listed by status, in pages of 100', async (operation) => {
    const simulator = await simulate()
    const requestIds = simulator.start((index) => ({ operation, seconds: index === 0 ? 0 : 60 }), 102)
    const { identityCenter } = identityCenterOf(simulator, { operation })
    const first = await identityCenter.list('IN_PROGRESS', null, never)
    const nextToken = first.ok ? first.value.nextToken : null
    const second = await identityCenter.list('IN_PROGRESS', nextToken, never)
    const rows = [first, second].flatMap((page) => (page.ok ? page.value.rows : []))
    expect(rows.map(({ requestId }) => requestId)).toEqual(requestIds.slice(1))
    expect(rows[0]).toEqual({ requestId: requestIds[1], status: 'IN_PROGRESS', createdDate: expect.any(Date) })
    expect(second).toMatchObject({ ok: true, value: { nextToken: null } })
    expect(await identityCenter.list('FAILED', null, never)).toEqual({ ok: true, value: { rows: [], nextToken: null } })
  })
})

describe('errors from AWS', () => {
  const error = (code: string, more: { message?: string; reason?: string } = {}): Fault => ({
    kind: 'error',
    code,
    ...more,
  })
  const unclear = { effect: 'unclear', scope: 'every-call' }

  test.each<[string, Fault, Readonly<Partial<Record<keyof Trouble, unknown>>>]>([
    ['throttling', error('ThrottlingException'), { effect: 'throttled', scope: 'every-call' }],
    ['a server error', error('InternalServerException'), unclear],
    ['a server error of a proxy', { kind: 'http', status: 502, body: '<html>' }, unclear],
    ['a refusal of a proxy', { kind: 'http', status: 403, body: '<html>' }, unclear],
    ['a refusal without a body', { kind: 'http', status: 403 }, unclear],
    ['a redirect', { kind: 'http', status: 302, headers: { location: '/' } }, unclear],
    ['a page of a captive portal', { kind: 'http', status: 200, body: '<html>' }, unclear],
    ['an empty answer', { kind: 'http', status: 200 }, unclear],
    ['an answer that is null', { kind: 'http', status: 200, body: 'null' }, unclear],
    ['a connection broken before the answer', { kind: 'reset', when: 'before-headers' }, unclear],
    ['a connection broken within the headers', { kind: 'reset', when: 'inside-headers' }, unclear],
    ['a connection broken within the body', { kind: 'truncate' }, unclear],
    ['no status', { kind: 'patch', patch: { Status: undefined } }, { ...unclear, message: 'The answer has no status' }],
    [
      'a status that the API does not define',
      { kind: 'patch', patch: { Status: 'PAUSED' } },
      { ...unclear, message: 'The answer has a status that the API does not define (PAUSED)' },
    ],
    [
      'another request',
      { kind: 'patch', patch: { RequestId: requestIdOf(9) } },
      { ...unclear, message: 'The answer is about another request' },
    ],
    ['no such request', error('ResourceNotFoundException'), { effect: 'absent', scope: 'request' }],
    ['an invalid call', error('ValidationException'), { effect: 'refused' }],
    ['a bad signature', error('InvalidSignatureException'), { effect: 'refused', scope: 'every-call' }],
    ['an unknown key', error('UnrecognizedClientException'), { effect: 'refused', scope: 'every-call' }],
    [
      'a KMS key that may not be used',
      error('AccessDeniedException', { reason: 'KMS_AccessDeniedException' }),
      { effect: 'refused', message: expect.stringContaining('KMS key') },
    ],
  ])('%s', async (_, fault, expected) => {
    expect(await troubleOf({ fault })).toMatchObject(expected)
  })

  test("a runner's clock that is off is learnt from the answer, and the next call goes through", async () => {
    const { answer, describe } = await ask({ clockOffsetMs: 3_600_000 })
    expect(answer).toMatchObject({
      ok: false,
      trouble: { ...unclear, message: expect.stringContaining('clock is off') },
    })
    expect(await describe()).toMatchObject({ ok: true })
  })

  test('each call is in the debug log, with its error', async () => {
    const { debug } = await ask({ fault: error('ThrottlingException', { message: 'Rate exceeded' }) })
    expect(debug).toEqual([
      expect.stringMatching(new RegExp(`^${describeAction}: ThrottlingException: Rate exceeded after \\d+ ms$`)),
    ])
  })
})

describe('no access', () => {
  const regionsAsked = ({ calls }: Simulator) => calls.filter(({ operation }) => operation === 'DescribeInstance')

  /** What is said of a refusal once it is explained. */
  async function explained(...given: Parameters<typeof ask>) {
    const { answer, ...rest } = await ask(...given)
    if (answer.ok) throw new Error('There was no trouble')
    return { ...rest, refusal: answer.trouble, trouble: await rest.identityCenter.explain(answer.trouble, never) }
  }

  test('names the action, and makes no further call before the refused one is over', async () => {
    const { answer, simulator } = await ask({ region: 'eu-west-1', primaryRegion: 'us-east-1' })
    expect(answer).toMatchObject({
      ok: false,
      trouble: {
        effect: 'refused',
        message: expect.stringContaining(describeAction),
        remedy: expect.stringContaining(`Allow ${describeAction} on `),
        snippet: expect.stringContaining(describeAction),
      },
    })
    expect(regionsAsked(simulator)).toHaveLength(0)
  })

  test('is explained by the Region where the instance is at home', async () => {
    const { refusal, trouble } = await explained({ region: 'eu-west-1', primaryRegion: 'us-east-1' })
    expect(trouble).toMatchObject({
      effect: refusal.effect,
      code: 'AccessDeniedException',
      title: "Wrong Region: the instance's primary Region is us-east-1",
    })
    expect(trouble.message.endsWith(`. ${refusal.message}`)).toBe(true)
    expect(trouble).not.toHaveProperty('snippet')
    expect(trouble.remedy).toMatch(/^Set 'aws-region' to us-east-1: /)
  })

  test('asks for that Region once, however many requests there are', async () => {
    const { identityCenter, refusal, simulator, trouble } = await explained({
      region: 'eu-west-1',
      primaryRegion: 'us-east-1',
    })
    const explain = () => identityCenter.explain(refusal, never)
    expect(await Promise.all([explain(), explain()])).toEqual([trouble, trouble])
    expect(regionsAsked(simulator)).toHaveLength(1)
  })

  test.each<[string, SimulatorOptions]>([
    ['the Region is right', {}],
    ['the instance may not be described either', { deny: [describeAction, 'sso:DescribeInstance'] }],
    [
      'that Region is none',
      { faults: [{ operation: 'DescribeInstance', fault: { kind: 'patch', patch: { PrimaryRegion: '<b>' } } }] },
    ],
    [
      'that Region is not told',
      { faults: [{ operation: 'DescribeInstance', fault: { kind: 'patch', patch: { PrimaryRegion: undefined } } }] },
    ],
  ])('is told as it is where %s', async (_, options) => {
    const { refusal, simulator, trouble } = await explained({ deny: [describeAction], ...options })
    expect(refusal.effect).toBe('refused')
    expect(trouble).toEqual(refusal)
    expect(regionsAsked(simulator)).toHaveLength(1)
  })

  test.each<[string, Fault]>([
    ['an invalid call', { kind: 'error', code: 'ValidationException' }],
    ['an unknown key', { kind: 'error', code: 'UnrecognizedClientException' }],
    ['a request that is not known', { kind: 'error', code: 'ResourceNotFoundException' }],
  ])('is asked about no Region where it is %s', async (_, fault) => {
    const { refusal, simulator, trouble } = await explained({
      region: 'eu-west-1',
      primaryRegion: 'us-east-1',
      faults: [{ to: 1, fault }],
    })
    expect(trouble).toEqual(refusal)
    expect(regionsAsked(simulator)).toHaveLength(0)
  })

  test('is told as it is once the time is up', async () => {
    const { answer, identityCenter, simulator } = await ask({ region: 'eu-west-1', primaryRegion: 'us-east-1' })
    if (answer.ok) throw new Error('There was no trouble')
    expect(await identityCenter.explain(answer.trouble, AbortSignal.abort())).toEqual(answer.trouble)
    expect(regionsAsked(simulator)).toHaveLength(0)
  })

  test('to a list does not ask for the Region', async () => {
    const simulator = await simulate({ deny: ['sso:ListPermissionSetProvisioningStatus'] })
    const { identityCenter } = identityCenterOf(simulator)
    expect(await identityCenter.list('FAILED', null, never)).toMatchObject({
      ok: false,
      trouble: { effect: 'refused', scope: 'action', message: expect.stringContaining('sso:ListPermissionSet') },
    })
    expect(simulator.calls).toHaveLength(1)
  })
})

describe('expired credentials', () => {
  const expired = (rule: Omit<FaultRule, 'fault'> = {}): SimulatorOptions => ({
    faults: [{ ...rule, fault: { kind: 'error', code: 'ExpiredTokenException' } }],
  })

  test('of the ambient chain are read afresh once, and then refused', async () => {
    const { answer, describe, renewals } = await ask(expired())
    expect([answer, await describe(), await describe()]).toMatchObject([
      { ok: false, trouble: { effect: 'unclear' } },
      {
        ok: false,
        trouble: { effect: 'refused', remedy: expect.stringMatching(/'role-to-assume'.*'role-duration-seconds'/) },
      },
      { ok: false, trouble: { effect: 'refused' } },
    ])
    expect(renewals).toHaveLength(1)
  })

  test('that were read afresh with success may expire again', async () => {
    const { describe, renewals, simulator } = await ask(expired({ to: 1 }))
    expect(await describe()).toMatchObject({ ok: true })
    simulator.configure(expired())
    expect([await describe(), await describe()]).toMatchObject([
      { ok: false, trouble: { effect: 'unclear' } },
      { ok: false, trouble: { effect: 'refused' } },
    ])
    expect(renewals).toHaveLength(2)
  })

  test('of a role are renewed as often as it takes', async () => {
    const { answer, describe, renewals } = await ask(expired(), { credentials: 'role' })
    expect([answer, await describe(), await describe()].map((each) => !each.ok && each.trouble.effect)).toEqual([
      'unclear',
      'unclear',
      'unclear',
    ])
    expect(renewals).toHaveLength(3)
  })

  test.each(['ambient', 'role'] as const)(
    'that calls under way together find expired count once: %s',
    async (credentials) => {
      const simulator = await simulate({ seconds: 0, latencyMs: 20, ...expired({ to: 5 }) })
      const [requestId = ''] = simulator.start()
      const { identityCenter, renewals } = identityCenterOf(simulator, { credentials })
      const answers = await Promise.all(Array.from({ length: 5 }, () => identityCenter.describe(requestId, never)))
      expect(answers.map((answer) => !answer.ok && answer.trouble.effect)).toEqual(answers.map(() => 'unclear'))
      expect(renewals).toHaveLength(1)
      expect(await identityCenter.describe(requestId, never)).toMatchObject({ ok: true })
    },
  )
})

describe('a call', () => {
  test('that hangs ends after 10 s', async () => {
    const clock = new VirtualClock()
    const { debug, identityCenter } = identityCenterOf(await simulate(), { clock })
    const call = identityCenter.optional('sso:X', never, () => new Promise(() => {}))
    expect(await clock.run(call)).toBeNull()
    expect([clock.now(), debug]).toEqual([10_000, ['sso:X: TimeLimitReached: not done within 10 s after 10000 ms']])
  })

  test('is given up as soon as the signal is aborted', async () => {
    const clock = new VirtualClock()
    const { debug, identityCenter } = identityCenterOf(await simulate(), { clock })
    const cancel = new AbortController()
    const signals: AbortSignal[] = []
    const call = identityCenter.optional('sso:X', cancel.signal, (_, signal) => {
      signals.push(signal)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('Request aborted'))))
    })
    await clock.advance(700)
    cancel.abort('cancelled')
    expect(await call).toBeNull()
    expect(debug).toEqual(['sso:X: Error: cancelled after 700 ms'])
    expect([signals[0]?.aborted, clock.now(), clock.sleeping]).toEqual([true, 700, 0])
  })

  test('that AWS leaves hanging is given up, too', async () => {
    const { answer } = await ask({ fault: { kind: 'hang' } }, { clock: hasty })
    expect(answer).toMatchObject({ ok: false, trouble: { effect: 'unclear', message: 'AWS did not answer in time' } })
  })

  test("does not show a proxy's password in the debug log", async () => {
    const { debug, identityCenter } = identityCenterOf(await simulate())
    const failing = () => Promise.reject(new Error('tunnel to http://user:secret@proxy:3128 failed'))
    expect(await identityCenter.optional('sso:X', never, failing)).toBeNull()
    expect(debug).toEqual([expect.stringMatching(/^sso:X: Error: tunnel to http:\/\/proxy:3128 failed after \d+ ms$/)])
  })
})

/** The machine's clock, in a hurry: a hundredth of the time has to do. */
const hasty = {
  now: () => performance.now(),
  sleep: (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms / 100)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}

describe('an optional call', () => {
  const list = (identityCenter: ReturnType<typeof identityCenterOf>['identityCenter'], signal = never) =>
    identityCenter.optional('sso:ListInstances', signal, (client, abortSignal) =>
      client.send(new ListInstancesCommand({}), { abortSignal }),
    )

  test('gives what AWS answers', async () => {
    const simulator = await simulate()
    const { identityCenter } = identityCenterOf(simulator)
    expect(await list(identityCenter)).toMatchObject({ Instances: [{ InstanceArn: simulator.instanceArn }] })
    expect(identityCenter.instanceArn).toBe(simulator.instanceArn)
  })

  test('that is denied is dropped, and that is said once', async () => {
    const simulator = await simulate({ deny: ['sso:ListInstances'] })
    const { dropped, identityCenter } = identityCenterOf(simulator)
    expect(await Promise.all([list(identityCenter), list(identityCenter)])).toEqual([null, null])
    expect(await list(identityCenter)).toBeNull()
    expect(dropped).toEqual(['sso:ListInstances'])
    expect(simulator.calls).toHaveLength(2)
  })

  test('that fails otherwise is asked again another time', async () => {
    const fault = { kind: 'error', code: 'InternalServerException' } as const
    const { dropped, identityCenter } = identityCenterOf(await simulate({ faults: [{ to: 1, fault }] }))
    expect(await list(identityCenter)).toBeNull()
    expect(await list(identityCenter)).not.toBeNull()
    expect(dropped).toEqual([])
  })

  test('waits for its budget, after the calls of the wait, and halves it when throttled', async () => {
    const clock = new VirtualClock()
    const budget = new Budget(clock)
    const simulator = await simulate({ faults: [{ fault: { kind: 'error', code: 'ThrottlingException' } }] })
    const { identityCenter } = identityCenterOf(simulator, { budget })
    for (let call = 0; call < 10; call++) (await budget.take('wait', never))?.()
    const asked = list(identityCenter)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(simulator.calls).toHaveLength(0)
    await clock.advance(1_000)
    expect(await asked).toBeNull()
    expect([simulator.calls.length, budget.callsPerSecond]).toEqual([1, 5])
  })

  test('is not made once the signal is aborted', async () => {
    const simulator = await simulate()
    const { identityCenter } = identityCenterOf(simulator)
    expect(await list(identityCenter, AbortSignal.abort())).toBeNull()
    expect(simulator.calls).toHaveLength(0)
  })
})
