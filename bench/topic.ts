import type { Plot } from './plot.ts'
import type { Table } from './table.ts'

/** What the benchmark asks for, and what it got. */
export interface Goal {
  readonly goal: string
  readonly measured: string
  readonly reached: boolean
}

/** What was measured on one topic. */
export interface Findings {
  /** What was done, so that the figures mean something. One paragraph each. */
  readonly method: readonly string[]
  readonly tables: readonly Table[]
  readonly plots: readonly Plot[]
  readonly goals: readonly Goal[]
  /** What the figures say that is not plain to see. One paragraph each. */
  readonly remarks: readonly string[]
}

export interface Topic {
  /** As `--only` takes it, and as its plots are named. */
  readonly name: string
  readonly title: string
  /** `quick` takes fewer and shorter runs. */
  measure(quick: boolean): Promise<Findings>
}
