import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test as testHere } from '@jest/globals'
import { parse } from 'yaml'
import { folderWith } from '../../support/folder.ts'

/** An issue, as the imitated gh keeps it. */
interface Issue {
  readonly createdAt: string
  readonly isOpen: boolean
  readonly body: string
}

/** What the look of one night says. */
interface Night {
  readonly VERDICT: string
  readonly ACCOUNTS?: string
  readonly REASON?: string
}

/** The job of the example runs on Linux. */
const test = process.platform === 'win32' ? testHere.skip : testHere

const workflow = parse(await readFile('examples/nightly-drift.yml', 'utf8'))
const { run: script, env } = workflow.jobs.look.steps[1]

const drift: Night = { VERDICT: 'incomplete', ACCOUNTS: '["111122223333","444455556666"]' }
const failure: Night = { VERDICT: 'failed', ACCOUNTS: '["111122223333"]', REASON: 'AccessDenied' }
const allWell: Night = { VERDICT: 'succeeded' }

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
if (command === 'list') issues.forEach(({ createdAt, isOpen }, at) => isOpen && console.log(at + ' ' + createdAt))
if (command === 'create' && subject === 'issue') issues.push({ createdAt: '2026-11-02T03:23:40Z', isOpen: true, body: values.body })
if (command === 'edit') issues[number].body = values.body
if (command === 'close') issues[number].isOpen = false
writeFileSync(process.env.ISSUES, JSON.stringify(issues))
`

/** Runs the script of the example after each night's look, as a runner runs it. @returns the issues after each night */
async function issuesAfter(nights: readonly Night[], others: Record<string, string> = {}): Promise<Issue[][]> {
  await using folder = await folderWith({ 'script.sh': script, 'gh.mjs': imitation, 'issues.json': '[]' })
  const at = (name: string) => join(folder.path, name)
  await writeFile(at('gh'), '#!/bin/sh\nexec "$NODE" "$GH_SCRIPT" "$@"\n', { mode: 0o755 })
  const ofImitation = { NODE: process.execPath, GH_SCRIPT: at('gh.mjs'), ISSUES: at('issues.json'), ...others }
  const PATH = [folder.path, dirname(process.execPath), process.env['PATH']].join(delimiter)
  const issues: Issue[][] = []
  for (const [index, night] of nights.entries()) {
    const known = { ACCOUNTS: '[]', REASON: '', ...night, RUN_URL: `https://example.com/runs/${index}` }
    // The names of the example: a variable that it does not set is not there.
    const given = Object.fromEntries(Object.entries(known).filter(([name]) => name in env))
    const options = { cwd: folder.path, env: { ...ofImitation, ...given, PATH } }
    await promisify(execFile)('bash', ['-e', at('script.sh')], options)
    issues.push(JSON.parse(await readFile(at('issues.json'), 'utf8')))
  }
  return issues
}

test('drift opens one issue, which lists the accounts and since when, until all is well', async () => {
  const unclear: Night[] = ['in-progress', 'timed-out', 'cancelled', 'error'].map((VERDICT) => ({ VERDICT }))
  const issues = await issuesAfter([allWell, drift, ...unclear, failure, allWell, ...unclear, failure])
  const opened = issues[1]?.[0]?.body
  const open = [{ isOpen: true, createdAt: '2026-11-02T03:23:40Z', body: opened }]
  const closed = { isOpen: false, createdAt: '2026-11-02T03:23:40Z', body: issues[6]?.[0]?.body }
  expect(issues.slice(0, 6)).toEqual([[], ...Array(5).fill(open)])
  expect(opened).toMatch(/^First seen: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. Last look: https:\S+\/runs\/1\. /)
  expect(opened).toContain('Accounts that are out of date: 2\n\n- 111122223333\n- 444455556666')
  expect(closed.body).toMatch(/^First seen: 2026-11-02T03:23:40Z\. Last look: https:\S+\/runs\/6\. /)
  expect(closed.body).toMatch(/: 1\n\n- 111122223333\n\nAWS says:\n\n {4}AccessDenied$/)
  expect(issues.slice(7, 12)).toEqual(Array(5).fill([closed]))
  expect(issues[12]).toEqual([closed, expect.objectContaining({ isOpen: true })])
})

test("AWS's words run no command and stay code, and the issue of a large organization fits into an issue", async () => {
  const words = 'a: $(touch ran) `touch ran` "; touch ran; "\r# Title\n\n@octocat ![](https://example.com/x.png)\n'
  const ACCOUNTS = JSON.stringify(Array.from({ length: 2_000 }, (_, index) => String(100_000_000_000 + index)))
  const [[issue] = []] = await issuesAfter([{ ...failure, ACCOUNTS, REASON: words + 'x\n'.repeat(30_000) }])
  const [list = '', reason = ''] = issue?.body.split('AWS says:\n\n') ?? []
  expect(list).toContain('Accounts that are out of date: 2000\n')
  expect(reason).toContain('$(touch ran) `touch ran` "; touch ran; " # Title')
  expect(reason.split('\n').filter((line) => line !== '' && !line.startsWith('    '))).toEqual([])
  expect(issue?.body.length).toBeLessThan(65_536)
})

test('a list that GitHub does not give opens no second issue', async () => {
  await expect(issuesAfter([drift], { GH_FAILS: 'issue list' })).rejects.toThrow('HTTP 502')
})
