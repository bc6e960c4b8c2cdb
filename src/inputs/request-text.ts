import { alsoWrong, listed, quote } from './input.ts'
import { validLengthOf } from './json-syntax.ts'
import { type Parsed, type Problem, right, wrong } from './parsed.ts'
import { type Piece, piecesOf, placeIn } from './request-forms.ts'
import { explainsOthers } from './request-hints.ts'
import { type Mention, mentionsIn } from './request-mentions.ts'

/** A text that names requests. */
export interface RequestText {
  /** What a problem is about, as in `Input 'request-id'`. */
  readonly subject: string
  readonly text: string
  /** Whether a person wrote the text as an input, so that problems may quote it. Of a file, they show only an outline. */
  readonly isQuotable: boolean
}

/** The reading does not go on without end: a large file of another kind must not keep the process busy. */
const maxFaults = 10_000
/** Further causes are only counted. */
const maxProblems = 5
/** A UUID, also one that is not in lower case. */
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The form of AWS's keys and of ours, in any spelling. Passwords and tokens seldom have it. */
const keyForm = /^(?=.{1,40}$)\$?[a-z]+([_-][a-z]+)*$/i

/** A piece of the text, or an item of a piece that is an array. */
interface Item {
  readonly piece: Piece
  /** `null`: the piece itself. */
  readonly index: number | null
  readonly value: unknown
}

/** An item that is wrong, and why, as the second half of a sentence. */
interface Fault {
  readonly item: Item
  readonly why: string
}

/**
 * The requests that a text names in any form: each once, in the order of their first mention. An answer's own operation counts more than
 * the missing one of a bare ID. Two answers that say different operations of one request are a problem.
 */
export function parseRequestText(source: RequestText): Parsed<Mention[]> {
  const { subject, text } = source
  if (!/[^\s,]/.test(text))
    return wrong(`${subject} is ${quote(text)}, but it holds no request ID. For "nothing to wait for", give [].`)

  const mentions = new Map<string, Mention>()
  const faults: Fault[] = []
  for (const [item, found] of foundIn(text)) {
    const mention = found.ok ? merged(mentions.get(found.value.requestId), found.value) : found
    if (mention.ok) mentions.set(mention.value.requestId, mention.value)
    else if (faults.push({ item, why: mention.problems.join(' ') }) === maxFaults) break
  }
  return faults.length === 0 ? right([...mentions.values()]) : wrong(...problemsOf(source, faults))
}

/** Everything that a text mentions, or why an item mentions nothing. */
function* foundIn(text: string): Generator<[Item, Parsed<Mention>], void> {
  for (const piece of piecesOf(text)) {
    for (const item of itemsOf(piece)) {
      const mentions = piece.excess === null ? mentionsIn(item.value, piece.text) : [wrong(piece.excess)]
      for (const found of mentions) yield [item, found]
    }
  }
}

/** One after the other, because the first of many can be wrong. */
function* itemsOf(piece: Piece): Generator<Item, void> {
  if (!Array.isArray(piece.value)) yield { piece, index: null, value: piece.value }
  else for (const [index, value] of piece.value.entries()) yield { piece, index, value }
}

/** What two mentions of one request say together. */
function merged(known: Mention | undefined, next: Mention): Parsed<Mention> {
  if (known === undefined || known.operation === null) return right(next)
  if (next.operation === null || next.operation === known.operation) return right(known)
  return wrong(`the same request is of ${known.operation} before. A request has one operation.`)
}

/** Each cause once. A word that explains the others stands for all of them. */
function problemsOf(source: RequestText, faults: readonly Fault[]): Problem[] {
  const { subject } = source
  const key = faults.find(({ item: { value } }) => typeof value === 'string' && explainsOthers(value))
  const told = faults.filter((fault) => key === undefined || fault === key || typeof fault.item.value !== 'string')
  const causes = [...Map.groupBy(told, ({ why }) => why).values()]
  const problems = causes.slice(0, maxProblems).flatMap(([first, ...others]) => {
    if (first === undefined) return []
    const same = alsoWrong(others, ({ item }) => shownIn(source, item))
    return `${openingOf(source, first.item)}, but ${first.why}${hintAboutPlace(source, first.item)}${same}`
  })
  const more = causes.slice(maxProblems).flat().length
  if (more > 0) problems.push(`${subject} holds ${more} more values that are wrong.`)
  if (faults.length === maxFaults) problems.push(`${subject} is read only up to its ${maxFaults}th wrong value.`)
  return problems
}

function openingOf(source: RequestText, item: Item): string {
  const isWhole = source.isQuotable && isAllOf(source, item.piece) && item.index === null
  return `${source.subject} ${isWhole ? 'is' : 'holds'} ${shownIn(source, item)}`
}

/** A value with its place. What a person wrote as an input has no place if it is all of the text. */
function shownIn(source: RequestText, item: Item): string {
  const { piece, index, value } = item
  const place = [
    ...(source.isQuotable && isAllOf(source, piece) ? [] : [placeIn(source.text, piece.offset)]),
    ...(index === null ? [] : [`item ${index + 1} of the array`]),
  ].join(', ')
  const shown = source.isQuotable ? quote(textOf(item)) : outlineOf(value)
  return `${shown}${place && ` (${place})`}`
}

function textOf({ piece, index, value }: Item): string {
  if (index === null) return piece.text
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isAllOf({ text }: RequestText, piece: Piece): boolean {
  return piece.text.length === text.trim().length
}

/**
 * What a problem may show of a value in a file: an ID, or keys of JSON. Whoever wrote the files of the workspace can put any file in the
 * place of this one, such as one with passwords.
 */
function outlineOf(value: unknown): string {
  if (value === undefined) return 'text that begins like JSON'
  if (typeof value === 'string') return idForm.test(value.trim()) ? quote(value.trim()) : 'a text'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  const keys = Object.keys(value).filter((key) => keyForm.test(key))
  return keys.length === 0 ? 'an object' : `an object with ${listed(keys, String)}`
}

/** Where a text that begins like JSON stops being valid; blank for any other value. */
function hintAboutPlace({ text }: RequestText, { piece, value }: Item): string {
  if (value !== undefined || piece.excess !== null) return ''
  const length = validLengthOf(piece.text)
  return length === piece.text.length
    ? ' Its end is missing.'
    : ` It stops being valid at ${placeIn(text, piece.offset + length)}.`
}
