import type { OperationName } from '../requests/request.ts'
import { type Parsed, wrong } from './parsed.ts'
import type { Piece } from './request-forms.ts'
import { type Mention, mentionsIn } from './request-mentions.ts'

/** A piece of the text, or an item of a piece that is an array. */
export interface Item {
  readonly piece: Piece
  /** `null`: the piece itself. */
  readonly index: number | null
  readonly value: unknown
}

/** What an item mentions, or why it mentions nothing. */
export type Found = readonly [Item, Parsed<Mention>]

/** Everything that some pieces mention, or why an item mentions nothing. */
export function* foundIn(pieces: Iterable<Piece>, operation: OperationName | null): Generator<Found, void> {
  for (const piece of pieces) {
    for (const item of itemsOf(piece)) {
      const { excess, text } = piece
      const mentions = excess === null ? mentionsIn(item.value, { text, operation }) : [wrong(excess)]
      for (const found of mentions) yield [item, found]
    }
  }
}

/** One after the other, because the first of many can be wrong. */
function* itemsOf(piece: Piece): Generator<Item, void> {
  if (!Array.isArray(piece.value)) yield { piece, index: null, value: piece.value }
  else for (const [index, value] of piece.value.entries()) yield { piece, index, value }
}
