/** A list whose items are found by their keys. Immutable: {@link Indexed.with} makes another one. */
export class Indexed<T> {
  readonly items: readonly T[]
  readonly #keyOf: (item: T) => string
  /** Positions never change, so all lists that come from one another share it. An older list has no item at a later position. */
  readonly #positions: Map<string, number>

  constructor(
    items: readonly T[],
    keyOf: (item: T) => string,
    positions = new Map(items.map((item, position) => [keyOf(item), position])),
  ) {
    this.items = items
    this.#keyOf = keyOf
    this.#positions = positions
  }

  get(key: string): T | undefined {
    return this.items[this.#positions.get(key) ?? -1]
  }

  /** The list with these items in place of those with the same keys. Items with new keys come last. */
  with(...changed: readonly T[]): Indexed<T> {
    const items = [...this.items]
    for (const item of changed) {
      const key = this.#keyOf(item)
      const position = this.#positions.get(key) ?? items.length
      this.#positions.set(key, position)
      items[position] = item
    }
    return new Indexed(items, this.#keyOf, this.#positions)
  }

  /** The list with each item changed. The keys must stay the same. */
  map(change: (item: T) => T): Indexed<T> {
    return new Indexed(this.items.map(change), this.#keyOf, this.#positions)
  }
}
