/**
 * Runs a task for each item, up to `limit()` at a time, and yields the results as they come. It takes an item only when its task can start.
 * While a result waits for the reader, no task starts.
 */
export async function* inParallel<T, R>(
  items: Iterable<T>,
  limit: () => number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const running = new Map<symbol, Promise<readonly [symbol, R]>>()
  const nextResult = async (): Promise<R> => {
    const [id, result] = await Promise.race(running.values())
    running.delete(id)
    return result
  }
  for (const item of items) {
    const id = Symbol()
    running.set(
      id,
      task(item).then((result) => [id, result] as const),
    )
    while (running.size >= limit()) yield await nextResult()
  }
  while (running.size > 0) yield await nextResult()
}

/**
 * Merges what several sources yield, in the order in which it comes. Ends when the main source ends. A source continues only after its last
 * value was handled.
 */
export class Merged<T> {
  readonly #main: AsyncGenerator<T, void>
  readonly #sources = new Set<AsyncGenerator<T, void>>()
  readonly #ready: Pulled<T>[] = []
  #wake = () => {}

  constructor(main: AsyncGenerator<T, void>) {
    this.#main = main
    this.add(main)
  }

  /** Whether a source has not ended yet. */
  has(source: AsyncGenerator<T, void>): boolean {
    return this.#sources.has(source)
  }

  add(source: AsyncGenerator<T, void>): void {
    this.#sources.add(source)
    this.#pull(source)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    while (this.has(this.#main)) {
      const pulled = this.#ready.shift()
      if (pulled === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      const { done, value } = pulled.result()
      if (done) this.#sources.delete(pulled.source)
      else {
        yield value
        this.#pull(pulled.source)
      }
    }
  }

  async #pull(source: AsyncGenerator<T, void>): Promise<void> {
    const result = await source.next().then(
      (next) => () => next,
      (error) => () => {
        throw error
      },
    )
    this.#ready.push({ source, result })
    this.#wake()
  }
}

interface Pulled<T> {
  readonly source: AsyncGenerator<T, void>
  /** What the source yielded. @throws what the source threw */
  readonly result: () => IteratorResult<T, void>
}
