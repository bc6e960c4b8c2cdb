import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import MarkdownIt from 'markdown-it'

/** About what GitHub gives a job summary on a laptop's screen. */
export const width = 1012

const style = `
  body { margin: 0; background: #fff; width: ${width}px; }
  main {
    box-sizing: border-box; padding: 24px; color: #1f2328;
    font: 14px/1.5 -apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif;
  }
  h2, h3 { line-height: 1.25; font-weight: 600; margin: 24px 0 16px; }
  h2 { font-size: 21px; padding-bottom: 6px; border-bottom: 1px solid #d1d9e0b3; margin-top: 0; }
  h3 { font-size: 17.5px; }
  p, ul, table, pre, blockquote, details { margin: 0 0 16px; }
  ul { padding-left: 28px; }
  li + li { margin-top: 3px; }
  a { color: #0969da; text-decoration: underline; text-underline-offset: 3px; }
  blockquote { padding: 0 14px; color: #59636e; border-left: 3px solid #d1d9e0; }
  table { display: block; width: max-content; max-width: 100%; overflow: auto; border-collapse: collapse; }
  th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
  th { font-weight: 600; }
  tr { background: #fff; }
  tbody tr:nth-child(2n) { background: #f6f8fa; }
  code, pre { font-family: ui-monospace, SFMono-Regular, 'Liberation Mono', Menlo, monospace; font-size: 85%; }
  code { padding: 2px 5px; background: #818b981f; border-radius: 6px; white-space: break-spaces; }
  pre { padding: 14px; overflow: auto; line-height: 1.45; background: #f6f8fa; border-radius: 6px; }
  pre code { padding: 0; background: none; font-size: 100%; white-space: pre; }
  pre.mermaid { padding: 0; background: none; text-align: center; }
`

/** The page on which GitHub would show a summary, with Mermaid of its own, so that it needs no network. */
export async function pageOf(summary: string): Promise<string> {
  const mermaid = await readFile(fileURLToPath(import.meta.resolve('mermaid/dist/mermaid.min.js')), 'utf8')
  const body = new MarkdownIt({ html: true })
    .render(summary)
    .replace(/<pre><code class="language-mermaid">([^<]*)<\/code><\/pre>/g, '<pre class="mermaid">$1</pre>')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Job summary</title>
<style>${style}</style>
<main>${body}</main>
<script>${mermaid.replaceAll('</script', '<\\/script')}</script>
<script>
  mermaid.initialize({ startOnLoad: false })
  mermaid.run().finally(() => {
    document.documentElement.dataset.height = Math.ceil(document.querySelector('main').getBoundingClientRect().height)
  })
</script>
</html>`
}
