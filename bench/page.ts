import { availableParallelism, cpus } from 'node:os'
import { markdownOf } from './table.ts'
import type { Findings } from './topic.ts'

/** The measured part of a topic in `docs/benchmarks.md`: tables, goals, and the machine. */
export function measuredPart({ goals, tables }: Findings): string {
  const rows = goals.map(({ goal, measured, reached }) => [goal, measured, reached ? 'yes' : '**no**'])
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return [
    ...tables.map(markdownOf),
    markdownOf({ columns: ['Goal', 'Measured', 'Reached'], rows }),
    `Measured with ${availableParallelism()} processors (${model}) and Node ${process.versions.node}.`,
  ].join('\n\n')
}

/**
 * The page with another measured part of a topic. All other text on it is written by hand.
 *
 * @throws Error if the page has no such part
 */
export function withPart(page: string, name: string, part: string): string {
  const [begin, end] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has no ${begin} … ${end}`)
  return `${page.slice(0, from)}${begin}\n\n${part}\n\n${page.slice(to)}`
}
