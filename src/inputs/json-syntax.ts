const blanks = /[ \t\r\n]*/y
/** A number, or a word of JSON. */
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)?/y
/** A part of a string. In pieces, because V8 can't repeat a choice over millions of characters. */
const inString = /(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))?/y

/** What a value can begin with; `0` stands for each scalar. */
const value = '{["0'

/**
 * How many characters of a text can begin a JSON value (RFC 8259): all of them if only the end is missing. `JSON.parse` knows, but does not
 * always say it.
 */
export function validLengthOf(json: string): number {
  /** What closes each object and array that is open. */
  const open: string[] = []
  const afterValue = () => (open.length === 0 ? '' : `,${open.at(-1)}`)
  /** What the next token can begin with. */
  let allowed = value
  let index = endOf(blanks, json, 0)
  while (index < json.length) {
    const start = json.charAt(index)
    const isScalar = !'{}[],:"'.includes(start)
    if (!allowed.includes(isScalar ? '0' : start)) return index
    let end = isScalar ? endOf(scalar, json, index) : start === '"' ? endInString(json, index + 1) : index + 1
    if (end === index || (start === '"' && json.charAt(end) !== '"')) return end
    if (start === '"') end += 1
    switch (start) {
      case '{':
        open.push('}')
        allowed = '"}'
        break
      case '[':
        open.push(']')
        allowed = `${value}]`
        break
      case ',':
        allowed = open.at(-1) === '}' ? '"' : value
        break
      case ':':
        allowed = value
        break
      case '}':
      case ']':
        open.pop()
        allowed = afterValue()
        break
      default:
        // Only a key stands where no scalar can.
        allowed = allowed.includes('0') ? afterValue() : ':'
    }
    index = endOf(blanks, json, end)
  }
  return index
}

/** The index of the quote that closes a string, or of what must not be in it. */
function endInString(json: string, start: number): number {
  let end = start
  for (let next = endOf(inString, json, end); next > end; next = endOf(inString, json, end)) end = next
  return end
}

function endOf(sticky: RegExp, text: string, start: number): number {
  sticky.lastIndex = start
  return sticky.test(text) ? sticky.lastIndex : start
}
