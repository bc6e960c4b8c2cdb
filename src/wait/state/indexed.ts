/** The blocks have this many items each. */
const blockSize = 128

/**
 * A list whose items are found by their keys. Immutable: {@link Indexed.with} makes another one.
 *
 * The items are in blocks. A change copies only the blocks in which something changes, and a comparison passes over the others. So what
 * happens to each of ten thousand items costs no more than a small share of ten thousand squared.
 */
export class Indexed<T> {
  readonly size: number
  readonly #blocks: readonly (readonly T[])[]
  readonly #keyOf: (item: T) => string
  /** Positions never change, so all lists that come from one another share it. An older list has no item at a later position. */
  readonly #positions: Map<string, number>
  /** Made when it is first asked for. */
  #items: readonly T[] | null = null

  /** An empty list. */
  constructor(
    keyOf: (item: T) => string,
    blocks: readonly (readonly T[])[] = [],
    size = 0,
    positions = new Map<string, number>(),
  ) {
    this.#blocks = blocks
    this.size = size
    this.#keyOf = keyOf
    this.#positions = positions
  }

  get items(): readonly T[] {
    this.#items ??= this.#blocks.flat()
    return this.#items
  }

  *[Symbol.iterator](): Generator<T> {
    for (const block of this.#blocks) yield* block
  }

  get(key: string): T | undefined {
    const position = this.#positions.get(key) ?? this.size
    return this.#blocks[Math.floor(position / blockSize)]?.[position % blockSize]
  }

  /** The list with these items in place of those with the same keys. Items with new keys come last. */
  with(...changed: readonly T[]): Indexed<T> {
    const blocks: (readonly T[])[] = [...this.#blocks]
    const copies = new Map<number, T[]>()
    let size = this.size
    for (const item of changed) {
      const key = this.#keyOf(item)
      const position = this.#positions.get(key) ?? size
      this.#positions.set(key, position)
      size = Math.max(size, position + 1)
      const index = Math.floor(position / blockSize)
      const copy = copies.get(index) ?? [...(blocks[index] ?? [])]
      copy[position % blockSize] = item
      copies.set(index, copy)
      blocks[index] = copy
    }
    return new Indexed(this.#keyOf, blocks, size, this.#positions)
  }

  /** The list with each item changed. The keys must stay the same. */
  map(change: (item: T) => T): Indexed<T> {
    const blocks = this.#blocks.map((block) => block.map(change))
    return new Indexed(this.#keyOf, blocks, this.size, this.#positions)
  }

  /** The items that are other objects than in a list that this one comes from, with those that they replace; `null` for new ones. */
  changesSince(before: Indexed<T>): (readonly [was: T | null, is: T])[] {
    const changes: (readonly [was: T | null, is: T])[] = []
    for (const [index, block] of this.#blocks.entries()) {
      if (block === before.#blocks[index]) continue
      for (const [at, is] of block.entries()) {
        const was = before.#blocks[index]?.[at]
        if (was !== is) changes.push([was ?? null, is])
      }
    }
    return changes
  }
}
