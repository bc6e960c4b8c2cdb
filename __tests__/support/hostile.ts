/** Every end of a line that anything knows of. */
const lineEnds: readonly [string, string][] = [
  ['LF', '\n'],
  ['CR', '\r'],
  ['CR LF', '\r\n'],
  ['vertical tab', '\v'],
  ['form feed', '\f'],
  ['next line', '\u0085'],
  ['line separator', '\u2028'],
  ['paragraph separator', '\u2029'],
]

/** What looks like nothing, before a command. */
const blanks: readonly [string, string][] = [
  ['a space', ' '],
  ['a tab', '\t'],
  ['a no-break space', '\u00a0'],
  ['an ideographic space', '\u3000'],
  ['a byte order mark', '\ufeff'],
  ['a zero-width space', '\u200b'],
]

const commands = [
  '::error title=Approved::All is well',
  '::set-output name=verdict::succeeded',
  '::add-mask::e',
  '::stop-commands::x',
  '::debug::x',
  '##[error]x',
  '##[add-mask]e',
]

/** Texts that somebody else chose, and that must stay text wherever they are shown: commands, escapes, markup, marks and sheer length. */
export const hostileTexts: readonly [name: string, text: string][] = [
  ...commands.map((command): [string, string] => [`the command ${command}`, command]),
  ...lineEnds.map(([name, end]): [string, string] => [
    `commands after ${name}`,
    commands.map((command) => `x${end}${command}`).join(end),
  ]),
  ...blanks.map(([name, blank]): [string, string] => [
    `commands after ${name}`,
    commands.map((command) => `${blank}${command}`).join('\n'),
  ]),
  ['500 commands', '::error::x\n'.repeat(500)],
  ['commands in escapes', 'x%0A::error::y%0D%0A##[error]z %25 %3A%3A'],
  ['commands in pieces', '# #[error]x #\u200b#[error]y :\u200b:error::z ####[error]w :::error::v'],
  [
    'ANSI escapes',
    '\u001b[2J\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u009b31m',
  ],
  ['HTML', '<img src=x onerror=alert(1)><script>alert(1)</script><style>*{display:none}</style><h1>Approved</h1>'],
  ['HTML that closes what is open', '</pre></code></td></tr></table></details>-->\n\n<h1>Approved</h1> --> ]]>'],
  [
    'an HTML comment',
    '<!-- and -->\n<!-- wait-for-permission-set-provisioning Deploy/deploy/provision-permission-set -->',
  ],
  ['character references', '&lt;b&gt; &#60;img src=x&#62; &amp;lt; &copy; &NewLine;&colon;&colon;error &'],
  [
    'Markdown',
    '# H\n\nH\n===\n\n## ✅ Succeeded\n\n- [x] done\n\n> [!CAUTION]\n> x\n\n**b** _i_ ~~s~~\n\n---\n\n1. a[^1]\n\n[^1]: b',
  ],
  ['a table', '| a | b |\n| --- | --- |\n| c \\| d | e |'],
  [
    'links',
    '[l](https://evil.example) ![i](https://evil.example/i.png) <https://evil.example> https://evil.example www.evil.example eve@evil.example [r]\n\n[r]: javascript:alert(1)',
  ],
  ['mentions and formulas', '@octocat @octo-org/everyone #1 octo-org/octo-repo#1 GH-1 :+1: $x^2$ $`x`$'],
  [
    'Mermaid',
    '```\n\n```mermaid\ngantt\n  section x\n  click x href "https://evil.example"\n```\n%%{init: {"securityLevel":"loose"}}%%',
  ],
  ['backticks and fences', '` `` ``` ```` ~~~\n```js\nalert(1)\n```\n~~~'],
  ['backslashes', '\\`a\\` \\<b> \\\\| \\'],
  [
    'delimiters of the output file',
    'x\nEOF\nghadelimiter_00000000-0000-0000-0000-000000000000\nverdict=succeeded\nverdict<<EOF\nsucceeded\nEOF',
  ],
  ['an output file of its own', 'verdict<<ghadelimiter\nsucceeded\nghadelimiter\nresults=[]'],
  ['marks that reorder and hide', 'a\u202egpj.exe\u202c \u200bb \u2066c\u2069 \ufeffd\u00ade \u200ff\u061c'],
  ['lone surrogates', 'a\ud83d b\ude00 \ud83d\ude00 c\ud800'],
  ['NUL and other controls', 'a\u0000b\u0001c\u0008d\u007fe'],
  ['a quotation that does not end', '"\'`\\'],
  ['templates and variables', '$\u007b{ github.token }} $GITHUB_TOKEN $(id) %PATH% {{x}} #{x}'],
  ['names of members of every object', '__proto__ constructor toString'],
  ['100,000 characters', '<'.repeat(100_000)],
  ['100,000 characters of two units', '😀'.repeat(50_000)],
  ['1 MB', `${'A long reason. '.repeat(70_000)}::error::end`.slice(0, 2 ** 20)],
]

/** Values for so many places, in so many steps: in one step or another, each place has every text, several to a value and each cut. */
export function spread(places: number, steps: number): string[][] {
  const rows = (count: number) => Array.from({ length: count }, (_, index) => index)
  return rows(steps).map((step) =>
    rows(places).map((place) => {
      const own = hostileTexts.filter((_, index) => (index + place) % steps === step)
      return own.map(([, text]) => text.slice(0, 120)).join('\n')
    }),
  )
}

/** The same for the environment of a process, which holds no NUL; in one step more, each place has a long text, of no more than Linux takes. */
export function spreadVariables(places: number, steps: number, longest = 30_000): string[][] {
  const values = spread(places, steps).map((row) => row.map((value) => value.replaceAll('\0', '')))
  return [...values, Array<string>(places).fill('<'.repeat(longest))]
}

/** What summary and comment show of a text: ends of lines are all alike, and what cannot be seen is seen. */
export function shownOf(text: string, maxLength = 2_000): string {
  const more = text.length - maxLength
  const cut = more > 0 ? `${text.slice(0, maxLength)}… (${more.toLocaleString('en-US')} more characters)` : text
  return cut
    .replaceAll('\t', ' ')
    .replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (mark) => (mark === '\n' ? mark : '\ufffd'))
}
