/** A text that somebody else chose, and that must stay text wherever it is shown. */
export interface Hostile {
  readonly name: string
  readonly text: string
}

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

/** The corpus: workflow commands in both forms, escapes, markup, delimiters, marks, and sheer length. */
export const hostile: readonly Hostile[] = [
  ...commands.map((command) => ({ name: `the command ${command}`, text: command })),
  ...lineEnds.map(([name, end]) => ({
    name: `commands after ${name}`,
    text: commands.map((command) => `x${end}${command}`).join(end),
  })),
  ...blanks.map(([name, blank]) => ({
    name: `commands after ${name}`,
    text: commands.map((command) => `${blank}${command}`).join('\n'),
  })),
  { name: 'commands in escapes', text: 'x%0A::error::y%0D%0A##[error]z %25 %3A%3A' },
  { name: 'commands in pieces', text: '# #[error]x #\u200b#[error]y :\u200b:error::z ####[error]w :::error::v' },
  {
    name: 'ANSI escapes',
    text: '\u001b[2J\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u009b31m',
  },
  {
    name: 'HTML',
    text: '<img src=x onerror=alert(1)><script>alert(1)</script><style>*{display:none}</style><h1>Approved</h1>',
  },
  {
    name: 'HTML that closes what is open',
    text: '</pre></code></td></tr></table></details>-->\n\n<h1>Approved</h1> --> ]]>',
  },
  {
    name: 'an HTML comment',
    text: '<!-- wait-for-permission-set-provisioning Deploy/deploy/provision-permission-set -->',
  },
  { name: 'character references', text: '&lt;b&gt; &#60;img src=x&#62; &NewLine;&colon;&colon;error' },
  { name: 'Markdown', text: '# H\n\n- [x] done\n\n> [!CAUTION]\n> x\n\n**b** _i_ ~~s~~\n\n---\n\n1. a[^1]\n\n[^1]: b' },
  { name: 'a table', text: '| a | b |\n| --- | --- |\n| c \\| d | e |' },
  {
    name: 'links',
    text: '[l](https://evil.example) ![i](https://evil.example/i.png) <https://evil.example> www.evil.example eve@evil.example [r]\n\n[r]: javascript:alert(1)',
  },
  { name: 'mentions', text: '@octo-org/everyone #1 octo-org/octo-repo#1 :+1: $x^2$' },
  {
    name: 'Mermaid',
    text: '```\n\n```mermaid\ngantt\n  click x href "https://evil.example"\n```\n%%{init: {"securityLevel":"loose"}}%%',
  },
  { name: 'backticks and fences', text: '` `` ``` ~~~\n```js\nalert(1)\n```\n~~~' },
  {
    name: 'delimiters of the output file',
    text: 'x\nEOF\nghadelimiter_00000000-0000-0000-0000-000000000000\nverdict=succeeded\nverdict<<EOF\nsucceeded\nEOF',
  },
  { name: 'an output file of its own', text: 'verdict<<ghadelimiter\nsucceeded\nghadelimiter\nresults=[]' },
  { name: 'right-to-left marks', text: 'a\u202egpj.exe\u202c \u2066b\u2069 \u200fc\u061c' },
  { name: 'lone surrogates', text: 'a\ud83d b\ude00 \ud83d\ude00 c\ud800' },
  { name: 'NUL and other controls', text: 'a\u0000b\u0001c\u0008d\u007fe' },
  { name: 'a quotation that does not end', text: '"\'`\\' },
  { name: 'templates and variables', text: '$\u007b{ github.token }} $GITHUB_TOKEN $(id) %PATH% {{x}} #{x}' },
  { name: 'names of members of every object', text: '__proto__ constructor toString' },
  { name: '1 MB', text: `${'A long reason. '.repeat(70_000)}::error::end`.slice(0, 2 ** 20) },
]
