import { expect, test } from '@jest/globals'
import { describeStatus, type Fault, type Step, simulate, waitFor } from '../support.ts'
import { commandNamesIn, elementsIn, expectNoEffect, expectPlain, hostileTexts } from './safety.ts'

const describeCreation = 'DescribeAccountAssignmentCreationStatus'

/** Answers each request with a text of its own, in all that AWS can say of it. */
async function failWith(texts: readonly string[]): Promise<{ step: Step; requests: string[] }> {
  await using simulator = await simulate({
    accounts: 1,
    deny: ['sso:ListAccountsForProvisionedPermissionSet', 'sso:DescribePermissionSet'],
  })
  const operation = 'create-account-assignment'
  const requests = simulator.start({ operation, status: 'FAILED' }, texts.length)
  simulator.configure({
    faults: requests.map((requestId, index) => {
      const text = texts[index]
      const patch = {
        FailureReason: text,
        PermissionSetArn: text,
        TargetId: text,
        TargetType: text,
        PrincipalId: text,
        PrincipalType: text,
      }
      return { operation: describeCreation, requestId, fault: { kind: 'patch', patch } }
    }),
  })
  return { step: await waitFor(simulator, requests, { inputs: { operation } }), requests }
}

test('every field of every status that AWS gives: put out verbatim, shown without effect', async () => {
  const texts = hostileTexts.map(([, text]) => text)
  const { step, requests } = await failWith(texts)
  const harmless = await failWith(texts.map((_, index) => `Reason ${index}.`))

  expect(step.outputs['verdict']).toBe('failed')
  expectNoEffect(step, requests)
  expect(commandNamesIn(step)).toEqual(['error'])
  expect(elementsIn(step.summary)).toEqual(elementsIn(harmless.step.summary))
  const wellFormed = texts.map((text) => text.toWellFormed())
  expect(step.outputs['failure-reason']).toBe(
    requests.map((request, index) => `${request}: ${wellFormed[index]}`).join('\n'),
  )
  // A lone surrogate is no character, so UTF-8 has none for it in a text; in JSON it is an escape, and comes back as it was.
  expect(step.results).toEqual(
    texts.map((text) =>
      expect.objectContaining({
        failureReason: text,
        permissionSetArn: text,
        accountId: text,
        principalId: text,
        principalType: text,
      }),
    ),
  )
})

test.concurrent.each(hostileTexts)(
  '%s as the one reason, ARN and account: in the outputs verbatim',
  async (_, text) => {
    const { step, requests } = await failWith([text])

    expectNoEffect(step, requests)
    for (const name of ['failure-reason', 'permission-set-arn', 'account-id'])
      expect(step.outputs[name]).toBe(text.toWellFormed())
  },
)

/** As many as are asked about at once, so that an answer comes before any refusal: three alike before it would speak for all. */
const answeredFirst = 10

/** Refuses each request but the first few in the words of a text of its own. */
async function refuseWith(
  texts: readonly string[],
  faultOf: (text: string) => Fault,
): Promise<{ step: Step; requests: string[] }> {
  await using simulator = await simulate({ accounts: 1 })
  const requests = simulator.start({}, answeredFirst + texts.length)
  simulator.configure({
    faults: requests.slice(answeredFirst).map((requestId, index) => ({
      operation: describeStatus,
      requestId,
      fault: faultOf(texts[index] ?? ''),
    })),
  })
  return { step: await waitFor(simulator, requests, { patienceMs: 12_000 }), requests }
}

test.each<[string, (text: string) => Fault]>([
  ['ValidationException', (message) => ({ kind: 'error', code: 'ValidationException', message })],
  ['ConflictException', (message) => ({ kind: 'error', code: 'ConflictException', message })],
  ['an AccessDeniedException', (message) => ({ kind: 'error', code: 'AccessDeniedException', message })],
  [
    'an AccessDeniedException that names an action',
    (text) => ({
      kind: 'error',
      code: 'AccessDeniedException',
      message: `User: ${text} is not authorized to perform: sso:Describe${text} on resource: ${text}`,
    }),
  ],
])('messages of %s, which concern one request: put out verbatim, shown without effect', async (_, faultOf) => {
  const all = hostileTexts.map(([, text]) => text)
  // In sets of at most 50 every request is described.
  for (const texts of [all.slice(0, 40), all.slice(40)]) {
    const { step, requests } = await refuseWith(texts, faultOf)
    const harmless = await refuseWith(
      texts.map((_, index) => `Message ${index}.`),
      faultOf,
    )

    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, requests)
    expect(commandNamesIn(step)).toEqual(['error'])
    expect(elementsIn(step.summary)).toEqual(elementsIn(harmless.step.summary))
    const errors = JSON.parse(step.outputs['results'] ?? '').map(({ error }: { error: string | null }) => error)
    for (const [index, text] of texts.entries()) {
      if (!/[\n@]/.test(text)) expect(errors[index + answeredFirst]).toContain(text)
    }
  }
})

/** A text wherever errors, tokens and Regions come from, one after the other, until access is denied in the end. */
async function refuseEverywhere(text: string): Promise<Step> {
  await using simulator = await simulate()
  const json = { 'content-type': 'application/json' }
  simulator.configure({
    faults: [
      {
        operation: 'GetIdToken',
        to: 1,
        fault: { kind: 'http', status: 500, headers: json, body: JSON.stringify({ message: text, error: text }) },
      },
      {
        operation: 'AssumeRoleWithWebIdentity',
        to: 1,
        fault: { kind: 'error', code: text, message: text, httpStatus: 500 },
      },
      {
        operation: describeStatus,
        to: 1,
        fault: { kind: 'error', code: text, message: text, reason: text, httpStatus: 500 },
      },
      {
        operation: describeStatus,
        from: 2,
        fault: { kind: 'error', code: 'AccessDeniedException', message: text, reason: text },
      },
      {
        operation: 'DescribeInstance',
        fault: { kind: 'patch', patch: () => ({ PrimaryRegion: text, InstanceArn: text, Name: text }) },
      },
    ],
  })
  // Awaited here, since the simulator closes at the end of the block.
  return await waitFor(simulator, simulator.start(), { assumesRole: true })
}

let harmlessRefusal: Promise<Step> | undefined

test.concurrent.each(hostileTexts)(
  '%s in errors of the token service, STS and Identity Center, and for a primary Region: without effect',
  async (_, text) => {
    const step = await refuseEverywhere(text)

    harmlessRefusal ??= refuseEverywhere('A message.')
    const harmless = await harmlessRefusal
    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, step.outputs['results']?.match(/[0-9a-f-]{36}/)?.slice(0, 1) ?? [])
    expect(commandNamesIn(step)).toEqual(commandNamesIn(harmless))
    expect(elementsIn(step.summary)).toEqual(elementsIn(harmless.summary))
    expect(step.outputs['results']).not.toContain('primary Region of the instance is')
  },
)

test.concurrent.each([
  ['InvalidIdentityToken', 400],
  ['AccessDenied', 403],
  ['ValidationError', 400],
  ['ExpiredTokenException', 400],
])('hostile messages of %s from STS: without effect', async (code, httpStatus) => {
  const message = hostileTexts.map(([, text]) => text.slice(0, 40)).join('\n')
  await using simulator = await simulate({
    faults: [{ operation: 'AssumeRoleWithWebIdentity', fault: { kind: 'error', code, message, httpStatus } }],
  })
  const requests = simulator.start()

  const step = await waitFor(simulator, requests, { assumesRole: true, inputs: { 'timeout-minutes': '0.01' } })

  expect(step.outputs['verdict']).toBe(code === 'ExpiredTokenException' ? 'timed-out' : 'error')
  expectNoEffect(step, requests)
  expect(step.outputs['results']).toContain(code)
  expectPlain(step)
})

// The toolkit registers a token by itself, and escapes the ends of lines that the runner knows. A lone surrogate fits in no call to STS.
const tokens = hostileTexts.filter(
  ([, text]) => text.length < 10_000 && text.isWellFormed() && !/[\v\f\u0085\u2028\u2029]/.test(text),
)

test.concurrent.each(tokens)('%s as a token: without effect', async (_, text) => {
  await using simulator = await simulate({
    faults: [{ operation: 'GetIdToken', fault: { kind: 'http', status: 200, body: JSON.stringify({ value: text }) } }],
  })
  const requests = simulator.start()

  const step = await waitFor(simulator, requests, { assumesRole: true })

  // STS does not know such a token.
  expect(step.outputs['verdict']).toBe('error')
  const [mask, error, ...others] = commandNamesIn(step)
  expect([mask, error, others]).toEqual(['add-mask', 'error', []])
  expect(step.commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message.toWellFormed())).toEqual([
    text.toWellFormed(),
  ])
})
