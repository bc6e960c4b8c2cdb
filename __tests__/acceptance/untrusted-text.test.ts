import { expect, test } from '@jest/globals'
import MarkdownIt from 'markdown-it'
import { answered, expectEndingOfOne, expectOnlyOwnCommands, unanswered } from './expectations.ts'
import { describeStatus, type Fault, listAccounts, type Step, simulate, waitFor } from './support.ts'

/** Control characters but tab and line feed, and marks that end a line, reorder text or hide in it. */
const dangerous = /[^\P{Cc}\t\n]|[\u2028\u2029\u202e\u200b]/u

const hostile: [string, string][] = [
  ['a command', '::error::x'],
  ['an indented command', '  ::error title=Fine::Everything is fine'],
  ['a command on the second line', 'A reason\n::set-output name=verdict::succeeded'],
  ['commands after carriage returns', 'A reason\r\n::add-mask::e\r::stop-commands::x'],
  ['a heading and a list', 'A reason\n\n## ✅ Provisioning succeeded\n\n- [x] done'],
  ['an old command', '##[error]x'],
  ['an old command inside', 'A ##[group]x'],
  ['old commands in disguise', '# #[error] ##[ ##['],
  ['an image in HTML', '<img src=x onerror=alert(1)>'],
  ['a script in HTML', '</pre><script>alert(1)</script>'],
  ['HTML that closes what is open', '</code></pre></td></tr></table><h1>Approved</h1>'],
  ['a comment and entities in HTML', '<!-- a comment -->&lt;b&gt;'],
  ['backticks and fences', 'back`tick`s and ```\nfences\n```'],
  ['pipes', 'pipes | a | b |\n| --- |'],
  ['links', '[a link](https://evil.example) ![an image](https://evil.example/pixel.png) https://evil.example'],
  ['mentions and formulas', '@octo-org/everyone #1 $x^2$'],
  ['ANSI escapes', '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007'],
  ['other line ends', 'line\u2028::error::x\u2029::error::y\u0085::error::z\u000b::error::v\u000c::error::f'],
  ['marks that reorder and hide', 'right to left \u202egpj.exe\u202c and \u200bzero\ufeffwidth'],
  ['escapes of commands', '%0A::error::x %25 %3A'],
  ['an emoji', 'lone \ud83d\ude00 smile'],
  ['control characters', 'null \u0000 and bell \u0007'],
  ['10,000 characters', `long ${'x'.repeat(10_000)} end`],
  ['500 commands', `${'::error::x\n'.repeat(500)}`],
  ['delimiters of the output file', 'results<<EOF\nverdict=succeeded\nEOF\nghadelimiter_x'],
]

/** What GitHub would render holds nothing but what the action means to show. */
function expectSafeSummary({ summary }: Step): void {
  const html = new MarkdownIt({ html: true, linkify: true }).render(summary)
  expect(html.match(/<\/?(img|script|h1|iframe|svg|style|input|!--)\b/gi) ?? []).toEqual([])
  const hosts = [...html.matchAll(/<a\b[^>]*href="([^"]*)"/g)].map(([, url = '']) => new URL(url).hostname)
  expect(hosts.filter((host) => !/^(github\.com|docs\.github\.com|(.+\.)?amazon\.com)$/.test(host))).toEqual([])
  expect(html.match(/<h2/g)).toHaveLength(1)
  expect(summary).not.toMatch(dangerous)
}

/** What a reader of the summary sees, but for white space. */
function visibleText(summary: string): string {
  const html = new MarkdownIt({ html: true }).render(summary)
  const references: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&#10;': '\n',
    '&amp;': '&',
  }
  return words(
    html.replace(/<[^>]*>/g, '').replace(/&(lt|gt|quot|#39|#10|amp);/g, (reference) => references[reference] ?? ''),
  )
}

const words = (text: string) => text.replace(/\s+/g, ' ').trim()

test.concurrent.each(hostile)('%s in a failure reason: shown without effect, put out verbatim', async (_, reason) => {
  await using simulator = await simulate({ status: 'FAILED', failureReason: reason, accountsBehind: 0 })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expectEndingOfOne(step, 'failed', answered(simulator, request, 'FAILED', { failureReason: reason }))
  expectSafeSummary(step)
  if (/^[\P{C}\n]{1,500}$/u.test(reason)) expect(visibleText(step.summary)).toContain(words(reason))
  expect(step.errors[0]?.message.length).toBeLessThanOrEqual(4096)
  expect(step.stdout).not.toMatch(dangerous)
})

test.concurrent('several hostile reasons are shown without effect, and put out verbatim', async () => {
  const reasons = hostile.slice(0, 12).map(([, reason]) => reason)
  await using simulator = await simulate({ status: 'FAILED', accountsBehind: 0 })
  const requests = simulator.start((index) => ({ failureReason: reasons[index] ?? '' }), reasons.length)

  const step = await waitFor(simulator, requests)

  expect(step.outputs['verdict']).toBe('failed')
  expect(step.outputs['failure-reason']).toBe(
    requests.map((request, index) => `${request}: ${reasons[index]}`).join('\n'),
  )
  expectOnlyOwnCommands(step)
  expectSafeSummary(step)
})

test.concurrent.each(['ValidationException', 'InternalServerException', 'AccessDeniedException'])(
  'a hostile message of a %s is shown without effect',
  async (code) => {
    const message = 'x\n::error::y\n##[error]z <img src=x> </pre><script>alert(1)</script> \u001b[31m \u2028::error::w'
    const fault: Fault = { kind: 'error', code, message }
    await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })
    const [request = ''] = simulator.start()

    const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.01' } })

    const verdict = code === 'InternalServerException' ? 'timed-out' : 'error'
    expectEndingOfOne(step, verdict, unanswered(request, expect.stringContaining(code)))
    expectSafeSummary(step)
  },
)

test.concurrent('a hostile status is shown without effect', async () => {
  const fault: Fault = { kind: 'patch', patch: { Status: 'SUCCEEDED\n::error::y ##[error]z <img src=x>' } }
  await using simulator = await simulate({ faults: [{ operation: describeStatus, fault }] })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request], { inputs: { 'timeout-minutes': '0.01' } })

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(/status/)))
  expectSafeSummary(step)
})

test.concurrent('hostile ARNs, accounts and dates are shown without effect', async () => {
  const text = '`|<img src=x>\n::error::y ##[error]z'
  const faults: Fault[] = [
    { kind: 'patch', patch: { PermissionSetArn: text, AccountId: text, PrincipalId: text, CreatedDate: 1e300 } },
    { kind: 'patch', patch: { AccountIds: [text, '111122223333', 5, null] } },
  ]
  await using simulator = await simulate({
    status: 'FAILED',
    failureReason: 'No.',
    faults: [describeStatus, listAccounts].flatMap((operation, index) => {
      const fault = faults[index]
      return fault === undefined ? [] : [{ operation, fault }]
    }),
  })
  const [request = ''] = simulator.start()

  const step = await waitFor(simulator, [request])

  expect(step.outputs['verdict']).toBe('failed')
  expect(step.outputs['failure-reason']).toBe('No.')
  expect(step.exitCode).toBe(1)
  expect(step.outputs['accounts-behind']).not.toContain('error')
  expectOnlyOwnCommands(step)
  expectSafeSummary(step)
})
