/** Runs tasks, so many at a time, and gives their results in the order of the tasks. */
export async function inPool<T>(tasks: readonly (() => Promise<T>)[], atOnce: number): Promise<T[]> {
  const results = new Map<number, T>()
  const queue = tasks.entries()
  const worker = async () => {
    for (const [index, task] of queue) results.set(index, await task())
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result)
}
