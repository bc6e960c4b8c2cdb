import type { OperationName } from '../requests/request.ts'
import { alsoWrong, listed, quote } from './input.ts'
import { type Parsed, type Problem, right, wrong } from './parsed.ts'
import { type Item, piecesOf, placeIn } from './request-forms.ts'
import { hintAboutWord } from './request-hints.ts'
import { readLog } from './request-log.ts'
import { type Found, foundIn, type Mention, requestIdFormat } from './request-mentions.ts'

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
  const key = faults.find(({ item: { value } }) => typeof value === 'string' && hintAboutWord(value).explainsOthers)
  const told = faults.filter((fault) => key === undefined || fault === key || typeof fault.item.value !== 'string')
  const causes = [...Map.groupBy(told, ({ why }) => why).values()]
  const problems = causes.slice(0, maxProblems).flatMap(([first, ...others]) => {
    if (first === undefined) return []
    const same = alsoWrong(others, ({ item }) => shownIn(source, item))
    const opening = `${subject} ${placeOf(source, first.item) === '' ? 'is' : 'holds'} ${shownIn(source, first.item)}`
    return `${opening}, but ${first.why}${hintAboutPlace(source, first.item)}${same}`
  })
  const more = causes.slice(maxProblems).flat().length
  if (more > 0) problems.push(`${subject} holds ${more} more values that are wrong.`)
  if (faults.length === maxFaults) problems.push(`${subject} is read only up to its ${maxFaults}th wrong value.`)
  return problems
}

/** Where a value is. What a person wrote as an input has no place if it is all of the text. */
function placeOf({ isFile, text }: RequestText, item: Item): string {
  const isAll = !isFile && item.text.length === text.trim().length
  const ofPiece = isAll ? [] : [placeIn(text, item.offset)]
  return [...ofPiece, ...(item.index === null ? [] : [`item ${item.index + 1} of the array`])].join(', ')
}

/** A value with its place. */
function shownIn(source: RequestText, item: Item): string {
  const { index, text, value } = item
  const own = index === null ? text : typeof value === 'string' ? value : JSON.stringify(value)
  const place = placeOf(source, item)
  return `${source.isFile ? outlineOf(value) : quote(own)}${place && ` (${place})`}`
}

/**
 * What a problem may show of a value in a file: an ID, or keys of JSON. Whoever wrote the files of the workspace can put any file in the
 * place of this one, such as one with passwords.
 */
function outlineOf(value: unknown): string {
  if (value === undefined) return 'text that begins like JSON'
  if (typeof value === 'string')
    return requestIdFormat.test(value.trim().toLowerCase()) ? quote(value.trim()) : 'a text'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  const keys = Object.keys(value).filter((key) => keyForm.test(key))
  return keys.length === 0 ? 'an object' : `an object with ${listed(keys, String)}`
}

/** Where a text that begins like JSON stops being valid, as far as `JSON.parse` says it; blank for any other value. */
function hintAboutPlace(source: RequestText, { text, offset, value, excess }: Item): string {
  if (value !== undefined || excess !== null) return ''
  const message = syntaxErrorIn(text)
  const position = /end of JSON/.test(message) ? text.length : Number(/position (\d+)/.exec(message)?.[1])
  if (Number.isNaN(position)) return ''
  return position >= text.length
    ? ' Its end is missing.'
    : ` It stops being valid at ${placeIn(source.text, offset + position)}.`
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
