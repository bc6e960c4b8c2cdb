import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectNoEffect, limited, unanswered } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { hostileTexts, shownOf, spread } from '../support/hostile.ts'
import { elementsIn, quotesIn, textsIn, toHtml } from '../support/markdown.ts'
import {
  callsOf,
  describeStatus,
  type Fault,
  faultEach,
  listAccounts,
  type Plan,
  type Step,
  simulate,
  waitFor,
  waitForOne,
} from '../support/step.ts'

// What AWS says is untrusted: outputs carry it verbatim, and wherever people see it, it stays text.

const toConsole: unknown = expect.stringMatching(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\//)

type Patch = Extract<Fault, { kind: 'patch' }>['patch']

/** A step that fails, and the comment that it makes. */
interface Commented extends Step {
  comment: string
}

/** What AWS says of one request: a text in each of its members. */
const saying = (text: string) => ({ failureReason: text, permissionSetArn: text, accountId: text, principalId: text })

/** A failure for each text. */
function failEach(texts: readonly string[]): Promise<Commented> {
  const operation = 'create-account-assignment'
  return failAs(texts.map((text): Plan => ({ operation, status: 'FAILED', ...saying(text) })))
}

const isLong = ([name]: readonly [string, string]) => /100,000|1 MB/.test(name)
const short = hostileTexts.filter((row) => !isLong(row)).map(([, text]) => text)

// A comment has no room for several of the long texts.
test.concurrent.each([...hostileTexts.filter(isLong), ...hostileTexts.filter(([name]) => /that closes/.test(name))])(
  '%s, in all that AWS says of one request, is text in summary and comment, and verbatim in outputs',
  async (...row) => {
    const [, text] = row
    const step = await failEach([text])

    const html = toHtml(step.comment)
    expect(quotesIn(html)).toEqual([shownOf(text)])
    // By its last part as a permission set, whole as an account and an ARN, and behind the kind of a principal.
    const name = text.slice(text.lastIndexOf('/') + 1)
    const cells = [name, text, text, `GROUP ${text}`].map(cell)
    expect(textsIn(html, 'code')).toEqual(expect.arrayContaining(cells))
    expectNoEffect(step, ['error'])
    expect(step.errors[0]?.message.length).toBeLessThanOrEqual(4_096)
    // A lone surrogate is no character, so UTF-8 has none for it in a text; in JSON it is an escape, and comes back as it was.
    expect(step.outputs['failure-reason']).toEqual(limited(text.toWellFormed()))
    for (const name of ['permission-set-arn', 'account-id']) expect(step.outputs[name]).toBe(text.toWellFormed())
    expect(step.results).toEqual([expect.objectContaining(saying(text))])
  },
)

test.concurrent('each text, in all that AWS says of a request, is text in summary and comment, and verbatim in outputs', async () => {
  const third = Math.ceil(short.length / 3)
  const groups = [short.slice(0, third), short.slice(third, 2 * third), short.slice(-third)]
  const harmless = Array.from({ length: third }, (_, index) => `No. ${index}`)
  const [{ comment } = { comment: '' }, ...steps] = await Promise.all([harmless, ...groups].map(failEach))

  for (const [index, step] of steps.entries()) {
    const texts = groups[index] ?? []
    expect(elementsIn(step.comment)).toEqual(elementsIn(comment))
    expect(quotesIn(toHtml(step.comment))).toEqual(texts.map((text) => shownOf(text)))
    expectNoEffect(step, ['error'])
    expect(step.results).toEqual(texts.map((text) => expect.objectContaining(saying(text))))
  }
})

/** So that an answer comes before any refusal. In sets of at most 50 every request is described. */
const answeredFirst = 6

test.concurrent('texts as messages that refuse one request each are shown without effect', async () => {
  const refuseEach = async (messages: readonly string[]) => {
    await using simulator = await simulate({ speed: 5, accounts: 1 })
    const requests = simulator.start({}, answeredFirst + messages.length)
    const codes = ['ValidationException', 'ConflictException']
    const faults = messages.map((message, index): Fault => ({ kind: 'error', code: codes[index % 2] ?? '', message }))
    faultEach(simulator, requests.slice(answeredFirst), faults)
    return await waitFor(simulator, requests)
  }

  const step = await refuseEach(short)
  const harmless = await refuseEach(short.map((_text, index) => `Message ${index}.`))

  expect(step.outputs['verdict']).toBe('error')
  expectNoEffect(step, ['error'])
  // How much is known of each request by then differs from run to run; no element is of AWS's making.
  const known = new Set(elementsIn(harmless.summary))
  expect(elementsIn(step.summary).filter((element) => !known.has(element))).toEqual([])
  const errors = [step.results].flat().map((result) => String(Reflect.get(Object(result), 'error')))
  for (const [index, text] of short.entries()) {
    if (!/[\s@]/.test(text)) expect(errors[index + answeredFirst]).toContain(text)
  }
})

test.concurrent('texts as errors of the token service, STS and Identity Center, and a primary Region, are shown without effect', async () => {
  const [harmless, ...steps] = await Promise.all(
    [Array<string>(5).fill('A message.'), ...spread(5, 3)].map(refuseEverywhere),
  )

  const isNoDebug = (name: string) => name !== 'debug'
  for (const step of steps) {
    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, harmless?.commands.map(({ name }) => name).filter(isNoDebug) ?? [])
    expect(elementsIn(step.summary)).toEqual(elementsIn(harmless?.summary ?? ''))
    expect(step.outputs['results']).not.toContain('primary Region of the instance is')
  }
})

/** A text of its own wherever errors, tokens and Regions come from, one after the other, until access is denied in the end. */
async function refuseEverywhere([ofTokens = '', ofSts = '', ofServer = '', ofDenial = '', ofInstance = '']: string[]) {
  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ message: ofTokens, error: ofTokens })
  // Without blanks, because the name of the resource ends at a blank.
  const resource = `arn:${ofDenial.replace(/\s/g, '')}`
  const denial = `User: ${ofDenial} is not authorized to perform: sso:Describe on resource: ${resource} ${ofDenial}`
  const { step } = await waitForOne({
    speed: 5,
    assumesRole: true,
    faults: [
      { operation: 'GetIdToken', to: 1, fault: { kind: 'http', status: 500, headers: json, body } },
      {
        operation: 'AssumeRoleWithWebIdentity',
        to: 1,
        fault: { kind: 'error', code: ofSts, message: ofSts, httpStatus: 500 },
      },
      {
        operation: describeStatus,
        to: 1,
        fault: { kind: 'error', code: ofServer, message: ofServer, reason: ofServer, httpStatus: 500 },
      },
      {
        operation: describeStatus,
        from: 2,
        fault: { kind: 'error', code: 'AccessDeniedException', message: denial, reason: ofDenial },
      },
      {
        operation: 'DescribeInstance',
        fault: {
          kind: 'patch',
          patch: () => ({ PrimaryRegion: ofInstance, InstanceArn: ofInstance, Name: ofInstance }),
        },
      },
    ],
  })
  return step
}

test.concurrent.each([
  ['AccessDenied', 403],
  ['ExpiredTokenException', 400],
])('all texts in a message of %s from STS are shown without effect', async (code, httpStatus) => {
  const message = hostileTexts.map(([, text]) => text.slice(0, 40)).join('\n')
  const fault: Fault = { kind: 'error', code, message, httpStatus }
  const faults = [{ operation: 'AssumeRoleWithWebIdentity', fault }]
  const { simulator, step } = await waitForOne({ faults, assumesRole: true, timeoutMinutes: 0.01 })

  expect(step.outputs['verdict']).toBe(code === 'ExpiredTokenException' ? 'timed-out' : 'error')
  expectNoEffect(step, [...callsOf(simulator, 'GetIdToken').map(() => 'add-mask'), 'error'])
  expect(step.outputs['results']).toContain(code)
  expect(elementsIn(step.summary).filter((element) => /<(img|script|style|h1|a)\b/.test(element))).toEqual([])
})

// The toolkit registers a token by itself, and escapes the ends of lines that the runner knows. A lone surrogate fits in no call to STS.
const tokens = hostileTexts.filter(
  ([name, text]) =>
    /command|control|escape/i.test(name) && text.isWellFormed() && !/[\v\f\u0085\u2028\u2029]/.test(text),
)

test.concurrent('an OIDC token of lines that are commands starts none when it is masked', async () => {
  const value = tokens.map(([, text]) => text).join('\n')
  const fault: Fault = { kind: 'http', status: 200, body: JSON.stringify({ value }) }
  const { step } = await waitForOne({ faults: [{ operation: 'GetIdToken', fault }], assumesRole: true })

  // STS does not know such a token.
  expect(step.outputs['verdict']).toBe('error')
  const commands = step.commands.filter(({ name }) => name !== 'debug')
  expect(commands.map(({ name }) => name)).toEqual(['add-mask', 'error'])
  expect(commands[0]?.message).toBe(value)
})

test.concurrent('a status and an ID that the API does not define are shown without effect', async () => {
  const hostile = 'SUCCEEDED\n::error::y ##[error]z <img src=x>'
  await using simulator = await simulate()
  const requests = simulator.start({}, 2)
  const patches = [{ Status: hostile }, { RequestId: hostile }]
  const faults = patches.map((patch): Fault => ({ kind: 'patch', patch }))
  faultEach(simulator, requests, faults)

  const step = await waitFor(simulator, requests, { timeoutMinutes: 0.01 })

  const causes = [/status/, /another request/]
  expectEnding(
    step,
    'timed-out',
    requests.map((request, index) => unanswered(request, expect.stringMatching(causes[index] ?? ''))),
  )
  expectNoEffect(step, ['error'])
  expect(elementsIn(step.summary)).not.toContainEqual(expect.stringContaining('<img'))
})

test.concurrent('a list of accounts with something else than account IDs counts as not read', async () => {
  const text = '`|<img src=x>\n::error::y ##[error]z'
  const fault: Fault = { kind: 'patch', patch: { AccountIds: [text, '111122223333', 5, null] } }
  const faults = [{ operation: listAccounts, fault }]
  const { simulator, request, step } = await waitForOne({ status: 'FAILED', failureReason: 'No.', accounts: 1, faults })

  expectEnding(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expectNoEffect(step, ['error'])
})

// Permission set names may hold these characters: A-Z a-z 0-9 _ + = , . @ -
const names = ['_Admin_', '@octocat', 'www.evil.example', 'eve@evil.example', '-', '1.', '=====']
const noNames = ['<img src=x>', '`<b>`', 'a | b', 'a\n::error::b', 'x'.repeat(10_000), '']

// `click` alone keeps Mermaid from drawing; a line that starts with another of these words is no task.
const drawn = ['title', 'section', 'click', 'excludes', 'includes', 'todayMarker', 'axisFormat']

test.concurrent('the name of a permission set is text, also in the drawing, and leads to the console alone; any other is not shown', async () => {
  const all = [...names, ...drawn, ...noNames]
  const { comment, stdout, summary } = await failNamed(all)

  const shown = all.map((name, index) => (noNames.includes(name) ? idOf(index) : name))
  for (const html of [toHtml(comment), toHtml(summary)]) {
    expect(textsIn(html, 'code')).toEqual(expect.arrayContaining(shown))
    const links = linksIn(html)
    expect(links.map(([, text]) => text)).toEqual(expect.arrayContaining(shown.map((name) => `<code>${name}</code>`)))
    expect(links.map(([url]) => url)).toEqual(links.map(() => toConsole))
  }
  for (const name of noNames) if (name !== '') expect([comment, stdout].join('\n')).not.toContain(name)
  const [, drawing = ''] = /```mermaid\n([^`]*)```/.exec(summary) ?? []
  const tasks = drawing.split('\n').filter((line) => line.includes(' :'))
  expect(tasks).toHaveLength(all.length)
  for (const task of tasks) expect(task).toMatch(/^ *[0-9a-f]{8}\b[^:;#%]* :crit, \d{13}, \d{13}$/)
})

const idOf = (index: number) => `ps-${String(index).padStart(16, '0')}`

/** A failure of a permission set each, to which AWS gives these names. */
function failNamed(names: readonly string[]): Promise<Commented> {
  const ids = names.map((_, index) => idOf(index))
  const plans = ids.map((id): Plan => {
    const permissionSetArn = `arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/${id}`
    return { permissionSetArn, status: 'FAILED', failureReason: 'No.', accountsBehind: 0 }
  })
  const named = (answer: unknown) => {
    const permissionSet: unknown = Reflect.get(Object(answer), 'PermissionSet')
    const position = ids.findIndex((id) => String(Reflect.get(Object(permissionSet), 'PermissionSetArn')).endsWith(id))
    return { PermissionSet: { ...Object(permissionSet), Name: names[position] } }
  }
  return failAs(plans, named)
}

/** Failures that the step comments on. */
async function failAs(plans: Plan[], patch: Patch = {}): Promise<Commented> {
  await using simulator = await simulate({
    accounts: 1,
    faults: [{ operation: 'DescribePermissionSet', fault: { kind: 'patch', patch } }],
  })
  await using api = await startGitHubApi()

  const step = await waitFor(simulator, simulator.start(plans), {
    inputs: { operation: plans[0]?.operation ?? 'provision-permission-set' },
    commentsOn: api,
  })

  expect(step.outputs['verdict']).toBe('failed')
  expect(api.comments).toHaveLength(1)
  const comment = api.comments[0]?.body ?? ''
  expect(comment.slice(comment.indexOf('\n') + 1)).toBe(step.summary)
  return { ...step, comment }
}

/** The text of a cell of the table. */
function cell(text: string): string {
  return shownOf(text, 300).replaceAll('\n', ' ')
}

/** Addresses, and what stands in each link. */
function linksIn(html: string): string[][] {
  return [...html.matchAll(/<a href="([^"]*)">(.*?)<\/a>/g)].map(([, url = '', text = '']) => [url, text])
}
