/** A JSON value or a bare word of a text. */
export interface Piece {
  /** As it stands in the text. */
  readonly text: string
  /** Where it begins in the text. */
  readonly offset: number
  /** A word is its own value, as if it had quotes. `undefined`: it begins like JSON, but is not valid, or is too much. */
  readonly value: unknown
  /** Why it is too much to be read, as the second half of a sentence; `null` if it is not. */
  readonly excess: string | null
}

/** A piece of a text, or an item of a piece that is an array. */
export interface Item extends Piece {
  /** The place in the array; `null` if it is the piece itself. */
  readonly index: number | null
}

/** The outputs of Terraform, the deepest form that deploys hand on, have some 20 levels. Code that calls itself can take a few thousand. */
const maxDepth = 100
/** For all JSON of a text: 10,000 events of CloudTrail have 600,000. To parse many more keeps the process from seeing a cancellation. */
export const maxValues = 1_000_000

/**
 * Splits a text into JSON values and words, in order. They may stand one after the other in any way: on one line, on one line each, or
 * spread over several lines, as JSON Lines and pretty-printed answers are. The time it takes grows with the length of the text alone.
 */
export function* piecesOf(text: string): Generator<Piece, void> {
  // Whitespace, a byte order mark and commas separate pieces.
  let offset = indexOf(/[^\s,]/, text, 0)
  let room = maxValues
  while (offset < text.length) {
    const isJson = /[{["]/.test(text.charAt(offset))
    const { end, isClosed, excess, values } = isJson ? closingOf(text, offset, room) : wordAt(text, offset)
    room -= values
    // A JSON value that is not closed, or is too much, reaches to the end.
    const piece = text.slice(offset, isClosed ? end : text.length)
    const value = excess !== null ? undefined : isJson ? parsedJson(piece) : piece
    yield { text: piece, offset, value, excess }
    offset = indexOf(/[^\s,]/, text, offset + piece.length)
  }
}

/** The items of a piece, one after the other, because the first of many can be wrong. */
export function* itemsOf(piece: Piece): Generator<Item, void> {
  if (!Array.isArray(piece.value)) yield { ...piece, index: null }
  else for (const [index, value] of piece.value.entries()) yield { ...piece, index, value }
}

/** A place in a text as an editor shows it, as in `line 3, column 1`. */
export function placeIn(text: string, offset: number): string {
  let line = 1
  let startOfLine = 0
  // A loop, because a file can hold millions of line breaks.
  for (let index = 0; index < offset; index += 1) {
    const character = text.charAt(index)
    if (character === '\n' || (character === '\r' && text.charAt(index + 1) !== '\n')) {
      line += 1
      startOfLine = index + 1
    }
  }
  return `line ${line}, column ${offset - startOfLine + 1}`
}

/** How far a piece reaches. */
interface Extent extends Pick<Piece, 'excess'> {
  readonly end: number
  /** Whether it ends there. Otherwise, it cannot go on from there. */
  readonly isClosed: boolean
  readonly values: number
}

function wordAt(text: string, start: number): Extent {
  return { end: indexOf(/[\s,]/, text, start), isClosed: true, excess: null, values: 0 }
}

/** Where the next character of a form is; the end of the text if there is none. */
export function indexOf(form: RegExp, text: string, start: number): number {
  const distance = text.slice(start).search(form)
  return distance < 0 ? text.length : start + distance
}

/** Where the quote or bracket that begins a JSON value is closed, or from where on it cannot be, or is too much. */
export function closingOf(text: string, start: number, room: number): Extent {
  let depth = 0
  let commas = 0
  /** Commas alone do not show how much there is in brackets in brackets. */
  let brackets = 0
  let index = start
  const valuesSoFar = () => Math.max(commas + 1, brackets)
  const stop = (excess: string | null) => ({ isClosed: false, end: index, excess, values: valuesSoFar() })
  for (; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '"') {
      index = endOfString(text, index)
      if (text.charAt(index) !== '"') return stop(null)
    } else if (character === '{' || character === '[') {
      depth += 1
      brackets += 1
    } else if (character === '}' || character === ']') depth -= 1
    else if (character === ',') commas += 1
    if (depth === 0) return { isClosed: true, end: index + 1, excess: null, values: valuesSoFar() }
    if (depth > maxDepth) return stop(`that is nested more than ${maxDepth} levels deep.`)
    if (commas >= room || brackets > room) return stop(`with it, the text has more than ${maxValues} values.`)
  }
  return stop(null)
}

/** The index of the quote that closes a string, or of what no string of JSON has: a line break, or the end of the text. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  for (let character = text.charAt(index); character !== '"' && character !== '\n' && character !== ''; ) {
    index += character === '\\' ? 2 : 1
    character = text.charAt(index)
  }
  return index
}

export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
