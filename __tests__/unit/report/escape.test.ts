import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { forCode, forHtml, forJson, forLog, forMarkdown } from '../../../src/report/escape.ts'
import { textOf, toHtml } from '../../support/markdown.ts'

/** Strings of any UTF-16 units, often with units that have a meaning somewhere. */
const special = [
  ...[' ', '\t', '\u00a0', '\ufeff', '\n', '\r', '\r\n', '\u0085', '\u2028', '\u2029', '\v', '\f', '\0', '\x1b[31m'],
  ...['\u202e', '\u200b', '\ud83d', '\ude00', '😀', 'é', '漢', 'e\u0301', 'a', '1'],
  ...['::', '##[', '##', '    ', '[x](y)'],
  ...'[#:<>&"\'`|\\*_~$-+!().@/={}',
  ...['<b>', '</pre>', '</code>', '&lt;', '&#60;', 'https://example.com', 'www.example.com', '@octocat', '<!--', '-->'],
  ...['eve@example.com', '#1', 'GH-1', 'octo-org/octo-repo#1', '&#64;octocat'],
  ...['---', '===', '1. ', '- ', '> ', '# ', '```', '~~~', '![x](y)', '<?', '<![CDATA[', '</p>'],
]
const untrusted = fc.oneof(
  fc.string({ unit: fc.constantFrom(...special), maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', maxLength: 100 }),
)
/** A text with the placeholder for control characters, hidden marks and lone surrogates. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/u
/** The characters that .NET's Trim removes, and more. */
const dotNetWhitespace = /^[\s\u0085\u200b\u180e\ufeff]+/u
const lineBreak = /[\n\r\v\f\u0085\u2028\u2029]/

function oneLine(text: string): string {
  return text.replace(/\r\n|[\t\n\r\v\f\u0085\u2028\u2029]/g, ' ')
}

function withoutInvisible(text: string): string {
  return [...text].map((character) => (invisible.test(character) && character !== '\n' ? '\ufffd' : character)).join('')
}

/** The HTML elements of Markdown as GitHub renders it, links included, and the text between them. */
function rendered(source: string): { elements: string[]; text: string } {
  const html = toHtml(source)
  const elements = [...html.matchAll(/<\/?([^\s>]+)[^>]*>/g)].map(([tag]) => tag)
  return { elements, text: textOf(html.replace(/<[^>]*>/g, '')) }
}

/** Whatever the string. */
function always(what: string, check: (text: string) => void): void {
  test(what, () => fc.assert(fc.property(untrusted, check), { numRuns: 1_000 }))
}

function becomes(show: (text: string) => string, rows: readonly [text: string, shown: string][]): void {
  test.each(rows)('%j becomes %j', (text, shown) => expect(show(text)).toBe(shown))
}

describe('text for the log', () => {
  becomes(forLog, [
    ['plain text', 'plain text'],
    ['::error::x', ': :error::x'],
    ['  ::error::x', '  : :error::x'],
    ['\n::error::x', ' : :error::x'],
    ['a ::error::x', 'a ::error::x'],
    [':error', ':error'],
    [':::', ': ::'],
    ['##[error]x ##[warning]y', '# #[error]x # #[warning]y'],
    ['###[error]', '## #[error]'],
    ['#[x] ## [y]', '#[x] ## [y]'],
    ['a\r\nb\nc\rd\u2028e\u2029f\u0085g\vh\fi', 'a b c d e f g h i'],
    ['a\tb', 'a b'],
    ['\x1b[31mred', '\ufffd[31mred'],
    ['a\u202eb\u200bc', 'a\ufffdb\ufffdc'],
    ['lone \ud83d surrogate, whole 😀', 'lone \ufffd surrogate, whole 😀'],
    ['', ''],
  ])

  always(
    'never starts a workflow command: it is one line, without ##[, without :: at its start, without invisible marks',
    (text) => {
      const line = forLog(text)
      expect(line).not.toMatch(lineBreak)
      expect(line).not.toContain('##[')
      expect(line.replace(dotNetWhitespace, '').startsWith('::')).toBe(false)
      expect(line).not.toMatch(invisible)
      expect(line.isWellFormed()).toBe(true)
    },
  )

  test('harmless text stays as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 '".,;<>&|*\\/-]{0,200}$/), (text) => {
        expect(forLog(text)).toBe(text)
      }),
    )
  })
})

describe('a text that is too long', () => {
  test.each([
    ['forLog', forLog],
    ['forHtml', forHtml],
    ['forMarkdown', forMarkdown],
  ])('is cut at 2,000 characters by %s, which says how much is missing', (_, show) => {
    expect(show('x'.repeat(2_000))).toBe('x'.repeat(2_000))
    const cut = show('x'.repeat(4_001))
    expect(cut).toMatch(/^x{2000}… \(2,001 more characters\)$/)
  })

  test('is cut at 300 characters by forCode', () => {
    expect(forCode('x'.repeat(300))).toBe(`\`${'x'.repeat(300)}\``)
    expect(rendered(forCode('x'.repeat(301))).text).toBe(`${'x'.repeat(300)}… (1 more characters)\n`)
  })

  test.each([
    ['within a character', '😀😀', 3, '😀… (2 more characters)'],
    ['within a character', '😀😀', 2, '😀… (2 more characters)'],
    ['within a character', 'a😀', 1, 'a… (2 more characters)'],
    ['at a fraction', 'x'.repeat(1_000), 2_000 / 3, `${'x'.repeat(666)}… (334 more characters)`],
    ['so that it begins with a command', '::x', 2, ': :… (1 more characters)'],
    ['so that it holds a command', 'xxx##[', 6, 'xxx# #['],
  ])('is never cut %s: %s', (_, text, most, shown) => expect(forLog(text, most)).toBe(shown))
})

describe('text for HTML', () => {
  becomes(forHtml, [
    ['<b>&"\'', '&lt;b&gt;&amp;&quot;&#39;'],
    ['</pre><script>', '&lt;/pre&gt;&lt;script&gt;'],
    ['a\r\nb\rc\u2028d\u0085e\n\nf', 'a&#10;b&#10;c&#10;d&#10;e&#10;&#10;f'],
    ['\0 \u202e \ud83d', '\ufffd \ufffd \ufffd'],
    ['a\tb', 'a b'],
    ['# Not a *heading*', '# Not a *heading*'],
    ['eve@example.com @octocat', 'eve@<!---->example.com @octocat'],
  ])

  always('never ends or starts an element: it has no < and no unescaped quotes, and is one line', (text) => {
    const shown = forHtml(text).replaceAll('@<!---->', '@')
    expect(shown).not.toMatch(/[<>"']/)
    expect(shown).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;|#10;)/)
    expect(shown).not.toMatch(invisible)
    expect(shown.isWellFormed()).toBe(true)
  })

  always('is shown by Markdown as it is, also over several lines', (text) => {
    const { elements, text: shown } = rendered(`<blockquote><code>${forHtml(text)}</code></blockquote>\n\nafter\n`)
    expect(elements).toEqual(['<blockquote>', '<code>', '</code>', '</blockquote>', '<p>', '</p>'])
    const lines = text.replaceAll('\t', ' ').replace(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, '\n')
    expect(shown).toBe(`${withoutInvisible(lines)}\nafter\n`)
  })
})

describe('text in code style', () => {
  becomes(forCode, [
    ['111122223333', '`111122223333`'],
    ['arn:aws:sso:::instance/ssoins-1', '`arn:aws:sso:::instance/ssoins-1`'],
    ['a b', '<code>a b</code>'],
    ['a`b', '<code>a&#96;b</code>'],
    ['a|b', '<code>a&#124;b</code>'],
    ['<b>', '<code>&#60;b&#62;</code>'],
    ['eve@example.com', '`eve@example.com`'],
    ['USER eve@example.com', '<code>USER eve&#64;<!---->example&#46;com</code>'],
    ['é 漢 😀', '<code>é 漢 &#128512;</code>'],
    ['', '<code></code>'],
    ['a\nb', '<code>a b</code>'],
    ['a\tb', '<code>a b</code>'],
    ['\0', '<code>&#65533;</code>'],
  ])

  always('is shown by Markdown as it is, in one line, in one element', (text) => {
    const { elements, text: shown } = rendered(`Value: ${forCode(text)}.`)
    expect(elements).toEqual(['<p>', '<code>', '</code>', '</p>'])
    expect(shown).toBe(`Value: ${withoutNoncharacters(withoutInvisible(oneLine(text)))}.\n`)
  })

  always('stays in its cell of a table', (text) => {
    const source = `| a | b |\n| --- | --- |\n| ${forCode(text)} | \`b\` |\n`
    const { elements } = rendered(source)
    expect(elements.filter((tag) => tag === '<td>')).toHaveLength(2)
    expect(elements.filter((tag) => !/^<\/?(table|thead|tbody|tr|th|td|code)>$/.test(tag))).toEqual([])
  })
})

describe('text in our own sentence', () => {
  becomes(forMarkdown, [
    ["Raise 'timeout-minutes'.", "Raise 'timeout-minutes'."],
    ['a *b* _c_ `d`', 'a \\*b\\* \\_c\\_ \\`d\\`'],
    ['[x](y) <b> {z} # | ~~s~~ & $m$ \\', '\\[x\\](y) \\<b\\> \\{z\\} \\# \\| \\~\\~s\\~\\~ \\& \\$m\\$ \\\\'],
    ['@octocat #1 GH-1 gh-x', '@<!---->octocat \\#<!---->1 GH-<!---->1 gh-x'],
    ['a\nb', 'a b'],
    ['a\tb', 'a b'],
    ['\0', '\ufffd'],
  ])

  always('is shown by Markdown as it is', (text) => {
    const { elements, text: shown } = rendered(`- ${forMarkdown(`Say ${text}.`)}\n`)
    expect(elements).toEqual(['<ul>', '<li>', '</li>', '</ul>'])
    expect(shown.trim()).toBe(withoutInvisible(`Say ${oneLine(text)}.`))
  })
})

describe('JSON in a block of code', () => {
  test('shows what cannot be seen as an escape, and means the same', () => {
    const json = JSON.stringify({ a: 'x\u202ey\u2066\u200b\u{e0041}z' }, null, 2)
    expect(forJson(json)).toBe('{\n  "a": "x\\u202ey\\u2066\\u200b\\udb40\\udc41z"\n}')
    expect(JSON.parse(forJson(json))).toEqual(JSON.parse(json))
  })
})

/** HTML shows a reference to a code point that is never a character like a reference to an unknown character. */
function withoutNoncharacters(text: string): string {
  return text.replace(/[\ufdd0-\ufdef]|[^\0-\uffff]|[\ufffe\uffff]/gu, (character) =>
    ((character.codePointAt(0) ?? 0) & 0xfffe) === 0xfffe || /[\ufdd0-\ufdef]/.test(character) ? '\ufffd' : character,
  )
}
