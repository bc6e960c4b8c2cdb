import { availableParallelism, cpus } from 'node:os'

/** What the figures were measured on, as far as it bears on them. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${availableParallelism()} processors (${model}), Node ${process.versions.node}`
}
