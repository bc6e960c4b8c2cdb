import type { OperationName } from '../requests/request.ts'
import { alsoWrong, listed, quote } from './input.ts'
import { type Parsed, type Problem, right, wrong } from './parsed.ts'
import { type Piece, piecesOf, placeIn } from './request-forms.ts'
import { explainsOthers } from './request-hints.ts'
import { type Found, foundIn, type Item } from './request-items.ts'
import { readLog } from './request-log.ts'
import type { Mention } from './request-mentions.ts'

/** A text that names requests. */
export interface RequestText {
  /** The input that holds it. */
  readonly input: string
  /** What a problem is about, as in `Input 'request-id'`. */
  readonly subject: string
  readonly text: string
  /** What a person wrote as an input, problems may quote. Of a file, they show only an outline; and it may be a log. */
  readonly isFile: boolean
}

/** What a text names. */
export interface NamedRequests {
  /** Each once, in the order of their first mention. */
  readonly mentions: readonly Mention[]
  /** The instances that they are of, as far as they say it. */
  readonly instanceArns: readonly string[]
  /** How many lines of a log hold no request. */
  readonly skippedLines: number
}

/** The reading does not go on without end: a large file of another kind must not keep the process busy. */
const maxFaults = 10_000
/** Further causes are only counted. */
const maxProblems = 5
/** A UUID, also one that is not in lower case. */
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The form of AWS's keys and of ours, in any spelling. Passwords and tokens seldom have it. */
const keyForm = /^(?=.{1,40}$)\$?[a-z]+([_-][a-z]+)*$/i

/** An item that is wrong, and why, as the second half of a sentence. */
interface Fault {
  readonly item: Item
  readonly why: string
}

/**
 * The requests that a text names in any form. An answer's own operation counts more than the missing one of a bare ID. Two answers that say
 * different operations of one request are a problem.
 *
 * @param operation what the input `operation` says; `null` if it is wrong
 */
export function parseRequestText(source: RequestText, operation: OperationName | null): Parsed<NamedRequests> {
  const { isFile, subject, text } = source
  if (!/[^\s,]/.test(text))
    return wrong(`${subject} is ${quote(text)}, but it holds no request ID. For "nothing to wait for", give [].`)
  const strict = gather(foundIn(piecesOf(text), operation))
  const log = isFile && strict.faults.length > 0 ? readLog(text, operation) : null
  const { faults, ...named } = log === null ? strict : gather(log.found)
  return faults.length === 0
    ? right({ ...named, skippedLines: log?.skippedLines ?? 0 })
    : wrong(...problemsOf(source, faults))
}

function gather(all: Iterable<Found>): Omit<NamedRequests, 'skippedLines'> & { readonly faults: readonly Fault[] } {
  const mentions = new Map<string, Mention>()
  const instanceArns = new Set<string>()
  const faults: Fault[] = []
  for (const [item, found] of all) {
    const mention = found.ok ? merged(mentions.get(found.value.requestId), found.value) : found
    if (found.ok && found.value.instanceArn !== null) instanceArns.add(found.value.instanceArn)
    if (mention.ok) mentions.set(mention.value.requestId, mention.value)
    else if (faults.push({ item, why: mention.problems.join(' ') }) === maxFaults) break
  }
  return { mentions: [...mentions.values()], instanceArns: [...instanceArns], faults }
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
  const isWhole = !source.isFile && isAllOf(source, item.piece) && item.index === null
  return `${source.subject} ${isWhole ? 'is' : 'holds'} ${shownIn(source, item)}`
}

/** A value with its place. What a person wrote as an input has no place if it is all of the text. */
function shownIn(source: RequestText, item: Item): string {
  const { piece, index, value } = item
  const place = [
    ...(!source.isFile && isAllOf(source, piece) ? [] : [placeIn(source.text, piece.offset)]),
    ...(index === null ? [] : [`item ${index + 1} of the array`]),
  ].join(', ')
  const shown = source.isFile ? outlineOf(value) : quote(textOf(item))
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

/** Where a text that begins like JSON stops being valid, as far as `JSON.parse` says it; blank for any other value. */
function hintAboutPlace({ text }: RequestText, { piece, value }: Item): string {
  if (value !== undefined || piece.excess !== null) return ''
  const message = syntaxErrorIn(piece.text)
  const position = /end of JSON/.test(message) ? piece.text.length : Number(/position (\d+)/.exec(message)?.[1])
  if (Number.isNaN(position)) return ''
  return position >= piece.text.length
    ? ' Its end is missing.'
    : ` It stops being valid at ${placeIn(text, piece.offset + position)}.`
}

/** V8's own words, which quote the text. */
function syntaxErrorIn(json: string): string {
  try {
    JSON.parse(json)
    return ''
  } catch (error) {
    return String(error)
  }
}
