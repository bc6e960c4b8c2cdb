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
