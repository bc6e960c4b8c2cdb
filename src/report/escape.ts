/** These functions make AWS's text safe for the places that show it. Outputs carry it verbatim. Every other place uses one of these. */

/** Characters that end a line in the runner, a terminal or a browser. */
const lineBreaks = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g

/** Control characters, which can control a terminal, and marks that reorder or hide text. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/gu

/**
 * An empty comment, which parts a text for GitHub and is not shown. A backslash or a character reference is not enough: GitHub looks for
 * mentions, references and e-mail addresses in the text that is left of them, and for addresses in `<code>` too. In code, there are no
 * mentions and no references (github/markup#1168; github/cmark-gfm#181, and postprocess in its extensions/autolink.c).
 */
const gap = '<!---->'

/** Takes the place of a lone surrogate, a control character or a hidden mark. */
const placeholder = '\ufffd'

/**
 * One line of plain text for the log.
 *
 * The runner takes a line that starts with `::` for a command. It trims the line first. It also takes `##[` for a command, anywhere in a
 * line (actions/runner, ActionCommand.cs). So text for the log has no line breaks, no `##[`, and no `::` at its start.
 */
export function forLog(text: string, maxLength = 2_000): string {
  const line = shortened(text, maxLength).replace(lineBreaks, ' ').replace(invisible, placeholder)
  return line.replace(/##(?=\[)/g, '# #').replace(/^(\s*):(?=:)/, '$1: ')
}

/**
 * Text for the inside of `<code>` in a line of HTML. Only HTML has a meaning there. The text stays one line, because a blank line would end
 * the HTML.
 */
export function forHtml(text: string, maxLength = 2_000): string {
  const html = asHtml(shortened(text, maxLength).replace(lineBreaks, '\n')).replaceAll('\n', '&#10;')
  return html.replace(/(?<=[\w.+-]@)(?=\w)/g, gap)
}

/** JSON for a block of code. What cannot be seen becomes an escape, which means the same. */
export function forJson(json: string): string {
  const escapes = (mark: string) =>
    mark.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return json.replace(invisible, (mark) => (mark === '\n' ? mark : escapes(mark).join('')))
}

/** A value in code style, for Markdown and its tables. */
export function forCode(text: string, maxLength = 300): string {
  const line = shortened(text, maxLength).replace(lineBreaks, ' ')
  return /^[\w.:/+=@-]+$/.test(line) ? `\`${line}\`` : `<code>${asReferences(line)}</code>`
}

/** A sentence of our own, which may hold values, for Markdown. */
export function forMarkdown(text: string, maxLength = 2_000): string {
  const line = shortened(text, maxLength).replace(lineBreaks, ' ').replace(invisible, placeholder)
  const escaped = line.replace(/[\\`*_{}[\]<>#|~&$]/g, '\\$&')
  // GitHub would make mentions, references or links of these.
  return escaped
    .replace(/@|#(?=\d)|\bGH-(?=\d)/gi, `$&${gap}`)
    .replaceAll('://', '&#58;//')
    .replace(/(www)\./gi, '$1&#46;')
}

function asHtml(text: string): string {
  const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text
    .replace(/[&<>"']/g, (character) => references[character] ?? '')
    .replace(invisible, (mark) => (mark === '\n' ? mark : placeholder))
}

/** All characters but letters, digits and spaces become character references, so that no Markdown and no HTML is left. */
function asReferences(text: string): string {
  return text
    .replace(invisible, placeholder)
    .replace(/[^\p{L}\p{N} ]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll('&#64;', `$&${gap}`)
}

/** Cuts a text to at most `limit` UTF-16 units, never within a character, and says how much is missing. */
function shortened(untidy: string, limit: number): string {
  const maxLength = Math.floor(limit)
  const text = untidy.replaceAll('\t', ' ')
  if (text.length <= maxLength) return text
  const end = /[\ud800-\udbff]/.test(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength
  return `${text.slice(0, end)}… (${(text.length - end).toLocaleString('en-US')} more characters)`
}
