import { availableParallelism, cpus } from 'node:os'

/** The parts of the machine that matter for the figures. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${availableParallelism()} processors (${model}), Node ${process.versions.node}`
}
