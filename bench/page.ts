import { availableParallelism, cpus } from 'node:os'
import type { Statistics } from './statistics.ts'

/** Rows of cells; the first cell of a row says what it is about. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A goal of the benchmark, and what was measured for it. */
export interface Goal {
  readonly goal: string
  readonly measured: string
  readonly reached: boolean
}

/** The results on one topic. */
export interface Findings {
  /** What a user would ask. */
  readonly table?: Table
  readonly goals: readonly Goal[]
  /** Whether the figures depend on the machine, so that the page names it. */
  readonly isOfMachine?: true
}

export interface Topic {
  /** The name for `--only`, and in the marks of its part of the page. */
  readonly name: string
  /** `quick`: fewer and shorter runs. */
  measure(quick: boolean): Promise<Findings>
}

export const seconds = (ms: number) => `${(ms / 1_000).toFixed(ms < 9_950 ? 2 : 1)} s`
export const milliseconds = (ms: number) => `${ms.toFixed(0)} ms`
export const percent = (share: number) => `${(100 * share).toFixed(1)} %`
export const times = (ratio: number) => `${ratio.toFixed(2)} ×`
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
export const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 })

/** A median with the 10th and 90th percentiles. */
export function spread({ median, p10, p90 }: Statistics, unit: (value: number) => string): string {
  return `${unit(median)} (${unit(p10)} to ${unit(p90)})`
}

/** A median with the least and the greatest value, for series that are too short for percentiles. */
export function range({ median, min, max }: Statistics, unit: (value: number) => string): string {
  return min === max ? unit(median) : `${unit(median)} (${unit(min)} to ${unit(max)})`
}

/** The measured part of a topic in `docs/benchmarks.md`: a table, goals, and the machine if it matters. */
export function measuredPart({ goals, isOfMachine, table }: Findings): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return [
    ...(table ? [markdownOf(table)] : []),
    goals.map(({ goal, measured, reached }) => `- ${reached ? '✓' : '✗'} ${goal} → ${measured}`).join('\n'),
    ...(isOfMachine ? [`${availableParallelism()} processors (${model}), Node ${process.versions.node}.`] : []),
  ].join('\n\n')
}

/** Markdown that is easy to read in a terminal too: padded, with all columns but the first aligned to the right. */
function markdownOf({ columns, rows }: Table): string {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)))
  const line = ([first = '', ...others]: readonly string[]) =>
    `| ${[first.padEnd(widths[0] ?? 0), ...others.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))].join(' | ')} |`
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [columns, rule, ...rows].map(line).join('\n')
}
