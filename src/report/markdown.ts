import { consoleUrlOf } from '../aws/permission-sets.ts'
import { forCode, forHtml, forMarkdown } from './escape.ts'
import { type Phrase, shown } from './phrase.ts'
import type { Story } from './story.ts'
import { permissionSetLabel } from './subject.ts'

/** A phrase with its values in code style. */
export function inMarkdown(phrase: Phrase): string {
  return shown(phrase, forCode, forMarkdown)
}

/** A value in code style; empty if there is no value. */
export function code(text: string | null): string {
  return text ? forCode(text) : ''
}

/** A quote that wraps, unlike `<pre>`. */
export function quote(text: string): string {
  return `<blockquote><code>${forHtml(text)}</code></blockquote>`
}

/** The name of a permission set, or its ID if the name is not known, with a link to the console. */
export function permissionSetLink(arn: string, { names, region }: Story): string {
  const url = consoleUrlOf(arn, region)
  const label = code(permissionSetLabel(arn, names))
  return url === null ? label : `[${label}](${url})`
}

/** The first of some texts that together have at most this many bytes. */
export function within(limitBytes: number, texts: readonly string[]): string[] {
  let bytes = 0
  return texts.filter((text) => {
    bytes += Buffer.byteLength(text) + 2
    return bytes <= limitBytes
  })
}

/** The first of some things as texts, at most as many as there is room for, and a last text that counts the others. */
export function withRest<T>(
  things: readonly T[],
  textOf: (thing: T) => string,
  { limitBytes, most = things.length }: { readonly limitBytes: number; readonly most?: number },
  restOf: (more: number) => string,
): string[] {
  const shown = within(limitBytes, things.slice(0, most).map(textOf))
  const more = things.length - shown.length
  return more === 0 ? shown : [...shown, restOf(more)]
}
