import { forLog } from './escape.ts'

export { listed } from '../inputs/input.ts'

/**
 * A sentence with its values apart, so that whoever shows it can escape both. A value is not ours: a name, an ID or an ARN. It may be any
 * text of AWS.
 */
export type Phrase = readonly (string | { readonly value: string })[]

/** Makes a phrase of our own words, and of the values and phrases between them. */
export function say(words: TemplateStringsArray, ...parts: readonly (Phrase | Phrase[number])[]): Phrase {
  return words.flatMap((own, index) => [own, ...[parts[index] ?? []].flat()])
}

/** The first of some things, and how many more there are. */
export function joined<T>(things: readonly T[], phraseOf: (thing: T) => Phrase, most = 3): Phrase {
  const first = things.slice(0, most).flatMap((thing, index) => [index === 0 ? '' : ', ', ...phraseOf(thing)])
  return things.length > most ? say`${first} and ${String(things.length - most)} more` : first
}

/** The first of some values, and how many more there are. */
export function enumerated(values: readonly string[]): Phrase {
  return joined(values, (value) => [{ value }])
}

const bytesOf = (text: string) => Buffer.byteLength(text) + 2

/** The texts that fit into a limit one after the other. The size is in bytes unless told otherwise, with what parts it from the next text. */
export function within(limit: number, texts: readonly string[], sizeOf = bytesOf): string[] {
  let size = 0
  return texts.filter((text) => {
    size += sizeOf(text)
    return size <= limit
  })
}

/** The first of some things as texts, at most as many as there is room for, and a last text about those that are left. */
export function withRest<T>(
  things: readonly T[],
  textOf: (thing: T) => string,
  { limitBytes = Number.POSITIVE_INFINITY, most = things.length },
  restOf: (left: readonly T[]) => string,
): string[] {
  const shown = within(limitBytes, things.slice(0, most).map(textOf))
  const left = things.slice(shown.length)
  return left.length === 0 ? shown : [...shown, restOf(left)]
}

/** Makes a text safe for where it is shown. */
export type Style = (text: string) => string

export function shown(phrase: Phrase, showValue: Style, showWords: Style = String): string {
  return phrase.map((part) => (typeof part === 'string' ? showWords(part) : showValue(part.value))).join('')
}

/** A value in a line of plain text. */
export const plain: Style = (value) => forLog(value, 100)

/** A phrase as a line of plain text. */
export function inPlainText(phrase: Phrase): string {
  return shown(phrase, plain)
}

/** `1 account`, or `2 accounts`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** The verb of this many things. */
export function are(number: number): string {
  return number === 1 ? 'is' : 'are'
}
