/** A JSON value or a bare word of a text. */
export interface Piece {
  /** As it stands in the text. */
  readonly text: string
  /** Where it begins in the text. */
  readonly offset: number
  /** A word is its own value, as if it had quotes. `undefined`: it begins like JSON, but is not valid. */
  readonly value: unknown
}

/** Whitespace, a byte order mark and commas separate pieces. */
const separator = /[\s,]/

/**
 * Splits a text into JSON values and words, in order. They may stand one after the other in any way: on one line, on one line each, or
 * spread over several lines, as JSON Lines and pretty-printed answers are. The time it takes grows with the length of the text alone.
 */
export function* piecesOf(text: string): Generator<Piece, void> {
  let offset = 0
  while (offset < text.length) {
    const start = text.charAt(offset)
    if (separator.test(start)) {
      offset += 1
      continue
    }
    const isJson = start === '{' || start === '[' || start === '"'
    const end = isJson ? endOfJson(text, offset) : endOfWord(text, offset)
    const piece = text.slice(offset, end)
    yield { text: piece, offset, value: isJson ? parsedJson(piece) : piece }
    offset = end
  }
}

/** A place in a text as an editor shows it, as in `line 3, column 1`. */
export function placeIn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/)
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

function endOfWord(text: string, start: number): number {
  let end = start
  while (end < text.length && !separator.test(text.charAt(end))) end += 1
  return end
}

/** The end of a JSON value: where the quote or bracket that begins it is closed. The end of the text if that never happens. */
function endOfJson(text: string, start: number): number {
  let depth = 0
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '"') index = endOfString(text, index)
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth === 0) return index + 1
  }
  return text.length
}

/** The index of the quote that closes a string. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charAt(index) !== '"') index += text.charAt(index) === '\\' ? 2 : 1
  return index
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
