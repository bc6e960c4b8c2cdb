import { expect, test } from '@jest/globals'
import { answered, expectEndingOfOne, expectNoEffect, limited, unanswered } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { groupsOf, hostileTexts, shownOf } from '../support/hostile.ts'
import { elementsIn, quotesIn, textsIn, toHtml } from '../support/markdown.ts'
import {
  callsOf,
  describeStatus,
  type Fault,
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
const short = hostileTexts.filter((row) => !isLong(row))

// A comment has no room for several of the long texts.
test.concurrent.each([...hostileTexts.filter(isLong), ...short.filter(([name]) => /that closes|after LF/.test(name))])(
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

let harmlessComment: Promise<string[]> | undefined

test.concurrent.each(groupsOf(short, 8))(
  '%s, each in all that AWS says of a request, are text in summary and comment, and verbatim in outputs',
  async (_, texts) => {
    const step = await failEach(texts)

    harmlessComment ??= failEach(texts.map((_text, index) => `No. ${index}`)).then(({ comment }) => elementsIn(comment))
    expect(elementsIn(step.comment)).toEqual(await harmlessComment)
    expect(quotesIn(toHtml(step.comment))).toEqual(texts.map((text) => shownOf(text)))
    expectNoEffect(step, ['error'])
    expect(step.results).toEqual(texts.map((text) => expect.objectContaining(saying(text))))
  },
)

/** As many as are asked about at once, so that an answer comes before any refusal. */
const answeredFirst = 10

// In sets of at most 50 every request is described.
test.concurrent.each(groupsOf(hostileTexts, 30))(
  'as messages that refuse one request each, %s are shown without effect',
  async (_, texts) => {
    const refuseEach = async (messages: readonly string[]) => {
      await using simulator = await simulate({ speed: 5, accounts: 1 })
      const requests = simulator.start({}, answeredFirst + messages.length)
      const faults = messages.map((message, index) => {
        const code = index % 2 === 0 ? 'ValidationException' : 'ConflictException'
        const fault: Fault = { kind: 'error', code, message }
        return { operation: describeStatus, requestId: requests[index + answeredFirst] ?? '', fault }
      })
      simulator.configure({ faults })
      return await waitFor(simulator, requests)
    }

    const step = await refuseEach(texts)
    const harmless = await refuseEach(texts.map((_text, index) => `Message ${index}.`))

    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, ['error'])
    // How much is known of each request by then differs from run to run; no element is of AWS's making.
    const known = new Set(elementsIn(harmless.summary))
    expect(elementsIn(step.summary).filter((element) => !known.has(element))).toEqual([])
    const errors = [step.results].flat().map((result) => String(Reflect.get(Object(result), 'error')))
    for (const [index, text] of texts.entries()) {
      if (!/[\s@]/.test(text)) expect(errors[index + answeredFirst]).toContain(text)
    }
  },
)

let harmlessRefusal: Promise<Step> | undefined

test.concurrent.each(groupsOf(hostileTexts, 5))(
  'as errors of the token service, STS and Identity Center, and a primary Region, %s are shown without effect',
  async (_, texts) => {
    const step = await refuseEverywhere(texts)

    harmlessRefusal ??= refuseEverywhere(Array(5).fill('A message.'))
    const harmless = await harmlessRefusal
    expect(step.outputs['verdict']).toBe('error')
    const isNoDebug = (name: string) => name !== 'debug'
    expectNoEffect(step, harmless.commands.map(({ name }) => name).filter(isNoDebug))
    expect(elementsIn(step.summary)).toEqual(elementsIn(harmless.summary))
    expect(step.outputs['results']).not.toContain('primary Region of the instance is')
  },
)

/** A text of its own wherever errors, tokens and Regions come from, one after the other, until access is denied in the end. */
async function refuseEverywhere([ofTokens = '', ofSts = '', ofServer = '', ofDenial = '', ofInstance = '']: string[]) {
  await using simulator = await simulate({ speed: 5 })
  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ message: ofTokens, error: ofTokens })
  // Without blanks, because the name of the resource ends at a blank.
  const resource = `arn:${ofDenial.replace(/\s/g, '')}`
  const denial = `User: ${ofDenial} is not authorized to perform: sso:Describe on resource: ${resource} ${ofDenial}`
  simulator.configure({
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
  // Awaited here, since the simulator closes at the end of the block.
  return await waitFor(simulator, simulator.start(), { assumesRole: true })
}

test.concurrent.each([
  ['InvalidIdentityToken', 400],
  ['AccessDenied', 403],
  ['ValidationError', 400],
  ['ExpiredTokenException', 400],
])('all texts in a message of %s from STS are shown without effect', async (code, httpStatus) => {
  const message = hostileTexts.map(([, text]) => text.slice(0, 40)).join('\n')
  await using simulator = await simulate({
    faults: [{ operation: 'AssumeRoleWithWebIdentity', fault: { kind: 'error', code, message, httpStatus } }],
  })

  const step = await waitFor(simulator, simulator.start(), { assumesRole: true, inputs: { 'timeout-minutes': '0.01' } })

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
  await using simulator = await simulate({
    faults: [{ operation: 'GetIdToken', fault: { kind: 'http', status: 200, body: JSON.stringify({ value }) } }],
  })

  const step = await waitFor(simulator, simulator.start(), { assumesRole: true })

  // STS does not know such a token.
  expect(step.outputs['verdict']).toBe('error')
  const commands = step.commands.filter(({ name }) => name !== 'debug')
  expect(commands.map(({ name }) => name)).toEqual(['add-mask', 'error'])
  expect(commands[0]?.message).toBe(value)
})

test.concurrent.each<[string, Fault]>([
  ['a status', { kind: 'patch', patch: { Status: 'SUCCEEDED\n::error::y ##[error]z <img src=x>' } }],
  ['an ID', { kind: 'patch', patch: { RequestId: '\n::error::y ##[error]z <img src=x>' } }],
])('%s that the API does not define is shown without effect', async (_, fault) => {
  const { request, step } = await waitForOne(
    { faults: [{ operation: describeStatus, fault }] },
    { inputs: { 'timeout-minutes': '0.01' } },
  )

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(/status|another request/)))
  expectNoEffect(step, ['error'])
  expect(elementsIn(step.summary)).not.toContainEqual(expect.stringContaining('<img'))
})

test.concurrent('a list of accounts with something else than account IDs counts as not read', async () => {
  const text = '`|<img src=x>\n::error::y ##[error]z'
  const fault: Fault = { kind: 'patch', patch: { AccountIds: [text, '111122223333', 5, null] } }
  await using simulator = await simulate({ status: 'FAILED', failureReason: 'No.', accounts: 1 })
  simulator.configure({ faults: [{ operation: listAccounts, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: 'No.' }))
  expectNoEffect(step, ['error'])
})

// Permission set names may hold these characters: A-Z a-z 0-9 _ + = , . @ -
const names = ['_Admin_', '@octocat', 'www.evil.example', 'eve@evil.example', '-', '1.', '=====']
const noNames = ['<img src=x>', '`<b>`', 'a | b', 'a\n::error::b', 'x'.repeat(10_000), '']

test.concurrent('the name of a permission set is text, and leads to the console alone', async () => {
  const { comment, summary } = await failNamed(names)

  for (const html of [toHtml(comment), toHtml(summary)]) {
    expect(textsIn(html, 'code')).toEqual(expect.arrayContaining(names))
    const links = linksIn(html)
    expect(links.map(([, text]) => text)).toEqual(expect.arrayContaining(names.map((name) => `<code>${name}</code>`)))
    expect(links.map(([url]) => url)).toEqual(links.map(() => toConsole))
  }
})

test.concurrent('a name that no permission set may have is not shown', async () => {
  const { comment, stdout } = await failNamed(noNames)

  for (const name of noNames) if (name !== '') expect([comment, stdout].join('\n')).not.toContain(name)
  const links = linksIn(toHtml(comment))
  const ids = noNames.map((_, index) => `<code>ps-000000000000000${index}</code>`)
  expect(links.map(([, text]) => text)).toEqual(expect.arrayContaining(ids))
})

test.concurrent('the drawing has a task for each request, whatever the names of permission sets', async () => {
  // `click` alone keeps Mermaid from drawing; a line that starts with another of these words is no task.
  const words = ['title', 'section', 'click', 'excludes', 'includes', 'todayMarker', 'axisFormat', 'a:b;c', 'x, crit']
  const { summary } = await failNamed(words)

  const [, drawing = ''] = /```mermaid\n([^`]*)```/.exec(summary) ?? []
  const tasks = drawing.split('\n').filter((line) => line.includes(' :'))
  expect(tasks).toHaveLength(words.length)
  expect(tasks.filter((task) => words.some((word) => task.trim().startsWith(`${word} `)))).toEqual([])
  for (const task of tasks) expect(task).toMatch(/^ *[^:;#%]*\b[0-9a-f]{8}\b[^:;#%]* :crit, \d{13}, \d{13}$/)
})

/** A failure of a permission set each, to which AWS gives these names. */
function failNamed(names: readonly string[]): Promise<Commented> {
  const ids = names.map((_, index) => `ps-000000000000000${index}`)
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
    inputs: {
      operation: plans[0]?.operation ?? 'provision-permission-set',
      'pull-request-comment': 'always',
      'github-token': api.token,
    },
    environment: api.onPullRequest(),
    secrets: [api.token],
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
