import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test as testHere } from '@jest/globals'
import { parse } from 'yaml'
import { folderWith } from '../../support/folder.ts'

/** An issue, as the imitated gh keeps it. */
interface Issue {
  readonly number: number
  readonly createdAt: string
  readonly isOpen: boolean
  readonly title: string
  readonly body: string
  readonly comments: readonly string[]
}

/** What the look of one night says. */
interface Night {
  readonly verdict: string
  readonly accounts?: readonly string[]
  readonly reason?: string
}

/** The job of the example runs on Linux. */
const test = process.platform === 'win32' ? testHere.skip : testHere

const root = join(import.meta.dirname, '../../..')
const workflow = parse(await readFile(join(root, 'examples/nightly-drift.yml'), 'utf8'))
const { run: script, env } = workflow.jobs.look.steps[1]

const firstSeen = '2026-11-02T03:23:40Z'
const drift: Night = { verdict: 'incomplete', accounts: ['111122223333', '444455556666'] }
const failure: Night = { verdict: 'failed', accounts: ['111122223333'], reason: 'AccessDenied' }

/** GitHub's CLI with the commands and options of the example, and no others. Its issues are in a file. */
const imitation = `
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const [subject, command, ...rest] = process.argv.slice(2)
const text = { type: 'string' }
const options = {
  'label create': { force: { type: 'boolean' }, description: text },
  'issue list': { state: text, label: text, app: text, limit: text, json: text, jq: text },
  'issue create': { title: text, label: text, body: text },
  'issue edit': { body: text },
  'issue close': { comment: text },
}[subject + ' ' + command]
if (process.env.GH_FAILS === subject + ' ' + command) throw new Error('HTTP 502')
const { values, positionals: [number] } = parseArgs({ args: rest, options, allowPositionals: true })
const issues = JSON.parse(readFileSync(process.env.ISSUES, 'utf8'))
const issue = issues.find((one) => String(one.number) === number)
switch (subject + ' ' + command) {
  case 'issue list':
    if (values.state !== 'open' || values.label !== 'drift' || values.app !== 'github-actions') throw new Error('Another list')
    for (const one of issues.filter(({ isOpen }) => isOpen).slice(0, Number(values.limit)))
      console.log(one.number + ' ' + one.createdAt)
    break
  case 'issue create':
    if (values.label !== 'drift') throw new Error('The list will not find it')
    issues.push({ number: issues.length + 7, createdAt: '${firstSeen}', isOpen: true, title: values.title, body: values.body, comments: [] })
    break
  case 'issue edit':
    issue.body = values.body
    break
  case 'issue close':
    issue.isOpen = false
    issue.comments.push(values.comment)
}
writeFileSync(process.env.ISSUES, JSON.stringify(issues))
`

/** Runs the script of the example after each night's look, as a runner runs it. */
async function issuesAfter(nights: readonly Night[], others: Record<string, string> = {}): Promise<Issue[]> {
  await using folder = await folderWith({ 'script.sh': script, 'gh.mjs': imitation, 'issues.json': '[]' })
  const at = (name: string) => join(folder.path, name)
  await writeFile(at('gh'), '#!/bin/sh\nexec "$NODE" "$GH_SCRIPT" "$@"\n')
  await chmod(at('gh'), 0o755)
  for (const [index, { verdict, accounts = [], reason = '' }] of nights.entries()) {
    const ofNight = {
      VERDICT: verdict,
      ACCOUNTS: JSON.stringify(accounts),
      REASON: reason,
      RUN_URL: `https://github.com/octo-org/identity/actions/runs/${index + 1}`,
    }
    // The names of the example: a variable that it does not set is not there.
    const given = Object.fromEntries(Object.entries(ofNight).filter(([name]) => name in env))
    const ofImitation = { NODE: process.execPath, GH_SCRIPT: at('gh.mjs'), ISSUES: at('issues.json'), ...others }
    const path = [folder.path, dirname(process.execPath), process.env['PATH']].join(delimiter)
    await promisify(execFile)('bash', ['-e', at('script.sh')], {
      cwd: folder.path,
      env: { ...ofImitation, ...given, PATH: path },
    })
  }
  return JSON.parse(await readFile(at('issues.json'), 'utf8'))
}

test.each([
  ['incomplete', drift],
  ['failed', failure],
])('a first look that is %s opens an issue that lists the accounts', async (_, night) => {
  const [issue, ...more] = await issuesAfter([night])
  expect(more).toEqual([])
  expect(issue).toMatchObject({ isOpen: true, comments: [] })
  for (const account of night.accounts ?? []) expect(issue?.body.split('\n')).toContain(`- ${account}`)
  expect(issue?.body).toContain(`Accounts that are out of date: ${night.accounts?.length}\n`)
  expect(issue?.body).toMatch(/^First seen: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. Last look: https:\S+\/runs\/1\. /)
  expect(issue?.body.includes('AWS says:')).toBe(night.reason !== undefined)
})

test.each(['succeeded', 'in-progress', 'timed-out', 'cancelled', 'error'])(
  'a first look that is %s opens no issue',
  async (verdict) => {
    expect(await issuesAfter([{ verdict }])).toEqual([])
  },
)

test('a later look updates the list, and keeps since when', async () => {
  const [issue, ...more] = await issuesAfter([drift, failure])
  expect(more).toEqual([])
  expect(issue).toMatchObject({ isOpen: true, comments: [] })
  expect(issue?.body).toMatch(new RegExp(`^First seen: ${firstSeen}\\. Last look: https:\\S+/runs/2\\. `))
  expect(issue?.body).toContain('- 111122223333')
  expect(issue?.body).not.toContain('444455556666')
})

test('a look when all is well closes the issue, and later drift opens another', async () => {
  const [closed, ...more] = await issuesAfter([drift, { verdict: 'succeeded' }])
  expect(more).toEqual([])
  expect(closed).toMatchObject({ isOpen: false, comments: [expect.stringMatching(/runs\/2$/)] })
  const course = await issuesAfter([drift, { verdict: 'succeeded' }, { verdict: 'succeeded' }, failure, drift])
  expect(course.map(({ isOpen, comments }) => [isOpen, comments.length])).toEqual([
    [false, 1],
    [true, 0],
  ])
})

test.each(['in-progress', 'timed-out', 'cancelled', 'error'])('%s leaves an open issue as it is', async (verdict) => {
  expect(await issuesAfter([drift, { verdict }])).toEqual(
    (await issuesAfter([drift])).map((issue) => ({ ...issue, body: expect.stringMatching(/runs\/1\./) })),
  )
})

test("AWS's words run no command, and stay code in the issue", async () => {
  const reason = 'a: $(touch ran) `touch ran` "; touch ran; "\r# Title\n\n@octocat ![](https://example.com/x.png)\n'
  const [issue] = await issuesAfter([{ ...failure, reason }])
  const [, words = ''] = issue?.body.split('AWS says:\n\n') ?? []
  expect(words).toContain('$(touch ran) `touch ran` "; touch ran; " # Title')
  expect(words).not.toContain('\r')
  expect(words.split('\n').filter((line) => line !== '' && !line.startsWith('    '))).toEqual([])
})

test('the issue of a large organization fits into an issue', async () => {
  const accounts = Array.from({ length: 2_000 }, (_, index) => String(100_000_000_000 + index))
  const [issue] = await issuesAfter([{ verdict: 'failed', accounts, reason: 'x\n'.repeat(30_000) }])
  expect(issue?.body).toContain('Accounts that are out of date: 2000\n')
  expect(issue?.body.length).toBeLessThan(65_536)
})

test('a list that GitHub does not give opens no second issue', async () => {
  await expect(issuesAfter([drift], { GH_FAILS: 'issue list' })).rejects.toThrow('HTTP 502')
})
