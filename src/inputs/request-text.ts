import { quote } from './input.ts'
import { type Parsed, type Problem, right, wrong } from './parsed.ts'
import { type Piece, piecesOf, placeIn } from './request-forms.ts'
import { type Mention, mentionsIn } from './request-mentions.ts'

/** A text that names requests. */
export interface RequestText {
  /** What a problem is about, as in `Input 'request-id'`. */
  readonly subject: string
  readonly text: string
}

/** Further problems are only counted, and not without end: a large file of another kind must not keep the process busy. */
const maxProblems = 5
const maxCounted = 10_000
/** A longer array is not quoted as a whole. Its wrong item is. */
const maxQuotedLength = 200

/** A piece of the text, or an item of a piece that is an array. */
interface Item {
  readonly piece: Piece
  /** `null`: the piece itself. */
  readonly index: number | null
  readonly value: unknown
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
  const problems: Problem[] = []
  let more = 0
  for (const [item, found] of foundIn(text)) {
    const mention = found.ok ? merged(mentions.get(found.value.requestId), found.value) : found
    if (mention.ok) mentions.set(mention.value.requestId, mention.value)
    else if (problems.length < maxProblems) problems.push(problemOf(source, item, mention.problems.join(' ')))
    else if (more < maxCounted) more += 1
    else break
  }
  if (more > 0)
    problems.push(`${subject} holds ${more < maxCounted ? '' : 'at least '}${more} more values that are wrong.`)
  return problems.length === 0 ? right([...mentions.values()]) : wrong(...problems)
}

/** Everything that a text mentions, or why an item mentions nothing. */
function* foundIn(text: string): Generator<[Item, Parsed<Mention>], void> {
  for (const piece of piecesOf(text)) {
    for (const item of itemsOf(piece)) {
      for (const found of mentionsIn(item.value, piece.text)) yield [item, found]
    }
  }
}

function itemsOf(piece: Piece): Item[] {
  return Array.isArray(piece.value)
    ? piece.value.map((value: unknown, index) => ({ piece, index, value }))
    : [{ piece, index: null, value: piece.value }]
}

/** What two mentions of one request say together. */
function merged(known: Mention | undefined, next: Mention): Parsed<Mention> {
  if (known === undefined || known.operation === null) return right(next)
  if (next.operation === null || next.operation === known.operation) return right(known)
  return wrong(`the same request is of ${known.operation} before. A request has one operation.`)
}

/** A problem with its value and its place, unless the value is all of the text. */
function problemOf({ subject, text }: RequestText, { piece, index, value }: Item, why: string): Problem {
  const isAll = piece.text.length === text.trim().length
  const isQuoted = index === null || piece.text.length <= maxQuotedLength
  const place = [
    ...(isAll ? [] : [placeIn(text, piece.offset)]),
    ...(index === null ? [] : [`item ${index + 1} of the array`]),
  ].join(', ')
  const shown = isQuoted ? piece.text : JSON.stringify(value)
  const verb = isAll && isQuoted ? 'is' : 'holds'
  return `${subject} ${verb} ${quote(shown)}${place && ` (${place})`}, but ${why}`
}
