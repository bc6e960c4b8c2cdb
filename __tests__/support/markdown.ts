import MarkdownIt from 'markdown-it'

/** Markdown as GitHub renders it: HTML is kept, and plain addresses become links. */
const github = new MarkdownIt({ html: true, linkify: true })
github.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
github.linkify.add('www.', {
  validate: (text, position) => /^\S+\.\w+/.exec(text.slice(position))?.[0].length ?? 0,
  normalize: (match) => {
    match.url = `http://${match.url}`
  },
})
// E-mail addresses, in the text that is left when escapes and references are decoded, also between HTML elements: cmark-gfm,
// extensions/autolink.c, postprocess.
github.core.ruler.push('e-mail addresses', ({ tokens, Token }) => {
  for (const { children } of tokens) {
    if (children === null || children.some(({ type }) => type === 'link_open')) continue
    for (const [index, { content, type }] of children.entries()) {
      if (type !== 'text' || !/[\w.+-]@[a-z\d_-]*\.[a-z\d]/i.test(content)) continue
      const link = new Token('html_inline', '', 0)
      link.content = `<a href="mailto:">${github.utils.escapeHtml(content)}</a>`
      children[index] = link
    }
  }
})

export function toHtml(markdown: string): string {
  return withMentions(github.render(markdown))
}

/**
 * HTML with links for mentions and references, which GitHub looks for in each text of the document, but not in code. It removes comments
 * before that, and leaves the texts around them apart (github/markup#1168, github/cmark-gfm#181).
 */
function withMentions(html: string): string {
  let ignored = 0
  const parts = html.split(/(<!--.*?-->|<[^>]*>)/s).map((part, index) => {
    const [, end, element] = /^<(\/?)(code|pre|a)\b/.exec(part) ?? []
    if (element !== undefined) ignored += end === '/' ? -1 : 1
    if (part.startsWith('<!--')) return ''
    const isLinked = index % 2 === 0 && ignored === 0 && /(^|\W)@[a-z\d]|#\d|\bGH-\d/i.test(textOf(part))
    return isLinked ? `<a href="https://github.com/">${part}</a>` : part
  })
  return parts.join('')
}

/** What stands in elements of one name that hold nothing but text. */
export function textsIn(html: string, element: 'code' | 'h2' | 'li'): string[] {
  return [...html.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, inner = '']) => textOf(inner))
}

/** What is quoted, each quote apart from all else. */
export function quotesIn(html: string): string[] {
  const quotes = html.matchAll(/^<blockquote><code>([^<]*)<\/code><\/blockquote>$/gm)
  return [...quotes].map(([, inner = '']) => textOf(inner))
}

/** The text of HTML without elements. Only references that stand for one character in every HTML are known. */
export function textOf(html: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return html.replace(/&(?:#(\d+)|(\w+));/g, (reference, code, name) =>
    code ? String.fromCodePoint(Number(code)) : (named[name] ?? reference),
  )
}

/** The elements of a document, with their attributes: what GitHub renders, but for the text in it. */
export function elementsIn(markdown: string): string[] {
  return toHtml(markdown).match(/<[^>]*>/g) ?? []
}
