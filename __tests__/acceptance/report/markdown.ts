import MarkdownIt from 'markdown-it'

/** Markdown as GitHub shows it: HTML is kept, and addresses and mentions become links where its documentation says so. */
const github = new MarkdownIt({ html: true, linkify: true })
github.linkify.set({ fuzzyLink: false, fuzzyEmail: true })
for (const [prefix, pattern, base] of [
  ['www.', /^\S+\.\w+/, 'http://'],
  ['@', /^[A-Za-z0-9][A-Za-z0-9-]*/, 'https://github.com/'],
] as const) {
  github.linkify.add(prefix, {
    validate: (text, position) => pattern.exec(text.slice(position))?.[0].length ?? 0,
    normalize: (match) => {
      match.url = `${base}${match.url}`
    },
  })
}

export function toHtml(markdown: string): string {
  return github.render(markdown)
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

/** The document without what stands in elements that quote, and without what differs from run to run. */
export function skeletonOf(html: string): string {
  return html.replace(/<code>[^<]*<\/code>/g, '<code></code>').replace(/\b\d\d:\d\d:\d\d\b|\b\d+\.\d(?=\ss\b)/g, '#')
}

/** The elements of a document, with their attributes: what GitHub renders, but for the text in it. */
export function elementsIn(markdown: string): string[] {
  return toHtml(markdown).match(/<[^>]*>/g) ?? []
}
