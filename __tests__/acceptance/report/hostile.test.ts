import { expect, test } from '@jest/globals'
import { expectOnlyOwnCommands } from '../expectations.ts'
import { startGitHubApi } from '../github-api.ts'
import { type Plan, type Step, simulate, waitFor } from '../support.ts'
import { quotesIn, skeletonOf, textsIn, toHtml } from './markdown.ts'

/** What AWS says, and what is shown of it where that differs. */
const hostile: [name: string, text: string, shown?: string][] = [
  ['workflow commands', '::error title=x::y\n##[group]z\n  ::set-output name=verdict::succeeded\n%0A::add-mask::e'],
  ['HTML', '<img src=x onerror=alert(1)><script>alert(1)</script><style>*{display:none}</style><h1>Approved</h1>'],
  ['HTML that closes what is open', '</pre></code></td></tr></table></details>--></pre>\n\n<h1>Approved</h1> --> ]]>'],
  [
    'an HTML comment',
    '<!-- and -->\n<!-- wait-for-permission-set-provisioning Deploy/deploy/provision-permission-set -->',
  ],
  [
    'Markdown',
    '# H\n\nH\n===\n\n- [x] done\n\n> [!NOTE]\n> quoted\n\n**b** _i_ ~~s~~\n\n---\n\n1. one[^1]\n\n[^1]: note',
  ],
  ['Mermaid', '```\n\n```mermaid\ngantt\n  section x\n  click x href "https://evil.example"\n```\n%%{init: {}}%%'],
  ['backticks', '` `` ``` ```` ~~~\n```js\nalert(1)\n```'],
  ['pipes', '| a | b |\n| --- | --- |\n| c \\| d |'],
  [
    'links',
    '[l](https://evil.example) ![i](https://evil.example/i.png) <https://evil.example> https://evil.example www.evil.example eve@evil.example [r]\n\n[r]: https://evil.example',
  ],
  ['mentions', '@octocat @octo-org/everyone #1 octo-org/octo-repo#1 GH-1 :+1: $x^2$ $`x`$'],
  ['character references', '&lt;b&gt; &#60;b&#62; &amp;lt; &copy; &'],
  ['backslashes', '\\`a\\` \\<b> \\\\| \\'],
  [
    'marks that reorder and hide',
    'a\u202egpj.exe\u202c \u200bb \u2066c\u2069 \ufeffd\u00ade',
    'a\ufffdgpj.exe\ufffd \ufffdb \ufffdc\ufffd \ufffdd\ufffde',
  ],
  ['lone surrogates', 'a\ud83d b\ude00 \ud83d\ude00', 'a\ufffd b\ufffd 😀'],
  ['control characters', 'a\0b\u0007 \u001b[31mc \u009b31md', 'a\ufffdb\ufffd \ufffd[31mc \ufffd31md'],
  ['other ends of lines', 'a\r\n::error::b\u2028::error::c\u0085d', 'a\n::error::b\n::error::c\nd'],
  ['100,000 characters', '<'.repeat(100_000), `${'<'.repeat(2_000)}… (98,000 more characters)`],
  ['100,000 characters of two units', '😀'.repeat(50_000), `${'😀'.repeat(1_000)}… (98,000 more characters)`],
]

const toConsole: unknown = expect.stringMatching(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\//)

let harmless: Promise<string> | undefined

test.concurrent.each(hostile)(
  '%s: shown as the text that it is, in summary and comment',
  async (_, text, shown = text) => {
    harmless ??= skeletonWith('No.')
    const step = await failWith(text)

    const html = toHtml(step.comment)
    // Whatever AWS says, nothing changes but what stands in <code>.
    expect(skeletonOf(html)).toBe(await harmless)
    expect(quotesIn(html)).toEqual([shown])
    const [, permissionSet, account, principal, , permissionSetArn] = textsIn(html, 'code')
    const inTable = cell(text, shown)
    expect(permissionSet).toBe(cell(afterSlash(text), afterSlash(shown)))
    expect([account, permissionSetArn]).toEqual([inTable, inTable])
    expect(principal).toBe(cell(`GROUP ${text}`, `GROUP ${shown}`))

    expectOnlyOwnCommands(step)
    expect(step.errors).toHaveLength(1)
    expect(step.outputs['failure-reason']).toBe(text.toWellFormed())
    expect(step.outputs['permission-set-arn']).toBe(text.toWellFormed())
  },
)

test.concurrent('all of it at once, of several requests', async () => {
  // Without the accounts behind, so that no time goes into asking for them by ARNs that are none.
  await using simulator = await simulate({ accounts: 1, deny: ['sso:ListAccountsForProvisionedPermissionSet'] })
  await using api = await startGitHubApi()
  const texts = hostile.slice(0, 16)
  const planned = (text: string) => simulator.start(planWith(text))
  const inputs = {
    operation: 'create-account-assignment',
    'pull-request-comment': 'always',
    'github-token': api.token,
  }
  const run = (requests: string[]) => waitFor(simulator, requests, { inputs, environment: api.onPullRequest() })

  const step = await run(texts.flatMap(([, text]) => planned(text)))
  const other = await run(texts.flatMap((_, index) => planned(`Reason ${index}.`)))

  const withoutIds = (html: string) =>
    html.replace(/\b[0-9a-f]{8}( :crit, \d+, \d+|(-[0-9a-f]{4}){3}-[0-9a-f]{12})/g, '#')
  expect(withoutIds(skeletonOf(toHtml(step.summary)))).toBe(withoutIds(skeletonOf(toHtml(other.summary))))
  expect(quotesIn(toHtml(step.summary))).toEqual(texts.map(([, text, shown = text]) => shown))
  expectOnlyOwnCommands(step)
})

// Permission set names may hold these characters: A-Z a-z 0-9 _ + = , . @ -
test.concurrent.each([
  '_Admin_',
  '@octocat',
  'www.evil.example',
  'eve@evil.example',
  '-',
  '1.',
  '=====',
  'DatabaseAdministrator',
])('a permission set with the name %s: its name is text, and leads to the console alone', async (name) => {
  const { comment, summary } = await failNamed(name)

  for (const html of [toHtml(comment), toHtml(summary)]) {
    expect(html).toContain(`<h2>❌ Provisioning of <code>${name}</code> failed</h2>`)
    expect(linksIn(html)).toEqual([[toConsole, `<code>${name}</code>`]])
  }
})

test.concurrent.each(['<img src=x>', '`<b>`', 'a | b', 'a\n::error::b', 'x'.repeat(10_000), ''])(
  'a name that no permission set may have is not shown: %j',
  async (name) => {
    const { comment, stdout } = await failNamed(name)

    expect(textsIn(toHtml(comment), 'h2')).toEqual(['❌ Provisioning failed'])
    if (name !== '') expect([comment, stdout].join('\n')).not.toContain(name)
    expect(linksIn(toHtml(comment))).toEqual([[toConsole, '<code>ps-7a1b2c3d4e5f6071</code>']])
  },
)

test.concurrent('the drawing has a task for each request, whatever the names of permission sets', async () => {
  // `click` alone keeps Mermaid from drawing; a line that starts with another of these words is no task.
  const words = ['title', 'section', 'click', 'excludes', 'includes', 'todayMarker', 'axisFormat', 'a:b;c', 'x, crit']
  const ids = words.map((_, index) => `ps-000000000000000${index}`)
  const named = (answer: unknown) => {
    const permissionSet: unknown = Reflect.get(Object(answer), 'PermissionSet')
    const position = ids.findIndex((id) => String(Reflect.get(Object(permissionSet), 'PermissionSetArn')).endsWith(id))
    return { PermissionSet: { ...Object(permissionSet), Name: words[position] } }
  }
  await using simulator = await simulate({
    accounts: 1,
    faults: [{ operation: 'DescribePermissionSet', fault: { kind: 'patch', patch: named } }],
  })
  const requests = simulator.start((index) => {
    const permissionSetArn = `arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/${ids[index]}`
    return { permissionSetArn, status: 'FAILED', failureReason: 'No.', accountsBehind: 0 }
  }, words.length)

  const { summary } = await waitFor(simulator, requests)

  const [, drawing = ''] = /```mermaid\n([^`]*)```/.exec(summary) ?? []
  const tasks = drawing.split('\n').filter((line) => line.includes(' :'))
  expect(tasks).toHaveLength(requests.length)
  expect(tasks.filter((task) => words.some((word) => task.trim().startsWith(`${word} `)))).toEqual([])
  for (const task of tasks) expect(task).toMatch(/^ *[^:;#%]*\b[0-9a-f]{8}\b[^:;#%]* :crit, \d{13}, \d{13}$/)
})

/** A step that fails, and the comment that it makes. */
interface Commented extends Step {
  comment: string
}

/** What GitHub would show of a failure with that text in each place where AWS gives text. */
async function failWith(text: string): Promise<Commented> {
  return failAs(planWith(text))
}

async function skeletonWith(text: string): Promise<string> {
  return skeletonOf(toHtml((await failWith(text)).comment))
}

function planWith(text: string): Plan {
  return {
    operation: 'create-account-assignment',
    status: 'FAILED',
    failureReason: text,
    permissionSetArn: text,
    accountId: text,
    principalId: text,
  }
}

/** A failure of a permission set to which AWS gives that name. */
function failNamed(name: string): Promise<Commented> {
  return failAs({ status: 'FAILED', failureReason: 'No.', accountsBehind: 0 }, name)
}

async function failAs(plan: Plan, name?: string): Promise<Commented> {
  await using simulator = await simulate({
    accounts: 1,
    faults:
      name === undefined
        ? []
        : [{ operation: 'DescribePermissionSet', fault: { kind: 'patch', patch: { Name: name } } }],
  })
  await using api = await startGitHubApi()

  const step = await waitFor(simulator, simulator.start(plan), {
    inputs: {
      operation: plan.operation ?? 'provision-permission-set',
      'pull-request-comment': 'always',
      'github-token': api.token,
    },
    environment: api.onPullRequest(),
  })

  expect(step.outputs['verdict']).toBe('failed')
  expect(api.comments).toHaveLength(1)
  const comment = api.comments[0]?.body ?? ''
  expect(comment.slice(comment.indexOf('\n') + 1)).toBe(step.summary)
  return { ...step, comment }
}

/** The text of a cell of the table: one line, of at most 300 units of the text that AWS gave. */
function cell(text: string, shown: string): string {
  const line = shown.replaceAll('\n', ' ')
  return text.length <= 300
    ? line
    : `${line.slice(0, 300)}… (${(text.length - 300).toLocaleString('en-US')} more characters)`
}

/** The part of an ARN that the table shows where no name is known. */
function afterSlash(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1)
}

/** Addresses, and what stands in each link. */
function linksIn(html: string): string[][] {
  return [...html.matchAll(/<a href="([^"]*)">(.*?)<\/a>/g)].map(([, url = '', text = '']) => [url, text])
}
