/** How many calls of a kind are made at a time. */
export const maxCallsInFlight = 10

/**
 * Runs a task for each item, up to `limit()` at a time. It takes an item only when its task can start. Resolves when all tasks have ended.
 *
 * @throws what a task throws, after the tasks that had started have ended
 */
export async function inParallel<T>(
  items: Iterable<T>,
  task: (item: T) => Promise<void>,
  limit: () => number = () => maxCallsInFlight,
): Promise<void> {
  const running = new Set<Promise<void>>()
  try {
    for (const item of items) {
      const run = task(item).finally(() => running.delete(run))
      running.add(run)
      while (running.size >= limit()) await Promise.race(running)
    }
    await Promise.all(running)
  } finally {
    await Promise.allSettled(running)
  }
}
