import type { OperationName } from '../requests/request.ts'
import { wrong } from './parsed.ts'
import { closingOf, indexOf, maxValues, parsedJson } from './request-forms.ts'
import { bareId, type Found, foundIn } from './request-mentions.ts'

/** A log: text of any kind, with answers of AWS in it. */
export interface RequestLog {
  readonly found: readonly Found[]
  /** How many lines hold neither an answer nor IDs. */
  readonly skippedLines: number
}

/** A key that only an answer has, in the quotes of any language. */
const answerKey =
  /["'](?:permission_?set_?provisioning|account_?assignment_?(?:creation|deletion))_?status\\?["']\s*:/gi
/** A UUID, also one that is misspelt. */
const idLike = /^[0-9a-f]+(?:-[0-9a-f]+){4}$/i

/**
 * Reads a text in which answers stand among other text, whose lines are skipped. No answer is: what has the key of one and cannot be read is a
 * problem.
 *
 * @returns `null` if there is no answer, so that the text is no log
 */
export function readLog(text: string, operation: OperationName | null): RequestLog | null {
  const answers = [...answersIn(text, operation)]
  if (!answers.some(({ found }) => found.some(isOfAnswer))) return null

  const all: Found[] = []
  let skippedLines = 0
  let end = 0
  for (const answer of [...answers, { start: text.length, end: text.length, found: [] }]) {
    const rest = readRest(text, end, answer.start)
    skippedLines += rest.skippedLines
    for (const one of [...rest.found, ...answer.found]) all.push(one)
    end = answer.end
  }
  return { found: all, skippedLines }
}

function isOfAnswer([, mention]: Found): boolean {
  return mention.ok && mention.value.operation !== null
}

/** As AWS spells it. In camelCase, it is in the log of any program. */
function hasRequestId(value: unknown): boolean {
  return Object.hasOwn(Object(value), 'RequestId')
}

/** The objects and arrays in a text that hold answers, also wrong ones, in order. */
function* answersIn(text: string, operation: OperationName | null) {
  const beginning = /\{\s*"|\[\s*[{[]/g
  let room = maxValues
  /** In characters. A text that is made for it has no end of beginnings, of which each must be followed far. */
  let effort = 4 * text.length + 10_000_000
  for (let match = beginning.exec(text); match !== null && effort > 0; match = beginning.exec(text)) {
    const offset = match.index
    const { end, excess, isClosed, values } = closingOf(text, offset, room)
    const isTooMuch = values > room
    const json = isTooMuch ? text.slice(offset) : text.slice(offset, end)
    const mayAnswer = isTooMuch || (isClosed && /request_?id"/i.test(json))
    const value = mayAnswer && !isTooMuch ? parsedJson(json) : undefined
    const isRead = isTooMuch || (isClosed && (value !== undefined || !mayAnswer))
    if (isRead && mayAnswer) {
      const found = [...foundIn([{ text: json, offset, value, excess }], operation)]
      if (found.some(isOfAnswer) || json.search(answerKey) >= 0 || [value].flat().some(hasRequestId)) {
        room -= values
        yield { start: offset, end: offset + json.length, found }
      }
    }
    effort -= end - offset + (isRead ? 0 : 1_000)
    beginning.lastIndex = isRead ? offset + json.length : offset + 1
  }
}

/** What stands before, between and behind the answers. A line that an answer is on is not skipped. */
function readRest(text: string, start: number, end: number): RequestLog {
  const found: Found[] = []
  const item = (word: string, offset: number) => ({ text: word, offset, value: word, excess: null, index: null })
  const rest = text.slice(start, end)
  for (const { 0: key, index } of rest.matchAll(answerKey)) found.push([item(key, start + index), wrong(broken)])
  let skippedLines = 0
  let to = 0
  for (let from = indexOf(/[^\s,]/, rest, 0); from < rest.length; from = indexOf(/[^\s,]/, rest, to)) {
    const isAfterAnswer = to === 0 && start > 0 && !rest.slice(0, from).includes('\n')
    const next = rest.indexOf('\n', from)
    to = next < 0 ? rest.length : next
    const isBeforeAnswer = next < 0 && end < text.length
    const ids = idsIn(rest.slice(from, to))
    for (const { 0: id, index } of ids) found.push([item(id, start + from + index), bareId(id)])
    if (ids.length === 0 && !isAfterAnswer && !isBeforeAnswer) skippedLines += 1
  }
  return { found, skippedLines }
}

/** The IDs of a line that holds nothing else. In any other line, an ID may be that of anything. */
function idsIn(line: string): RegExpExecArray[] {
  if (!/^["[]*[0-9a-f]+-/i.test(line)) return []
  const words = [...line.matchAll(/[^\s,"[\]]+/g)]
  return words.every(([word]) => idLike.test(word)) ? words : []
}

const broken =
  'that belongs to an answer of AWS that cannot be read here. A log must hold each answer whole, as the AWS CLI prints it with --output json.'
