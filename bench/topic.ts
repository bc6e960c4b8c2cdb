import type { Plot } from './plot.ts'
import type { Table } from './table.ts'

/** A goal of the benchmark, and what was measured for it. */
export interface Goal {
  readonly goal: string
  readonly measured: string
  readonly reached: boolean
}

/** The results on one topic. */
export interface Findings {
  /** How it was measured, one paragraph each. */
  readonly method: readonly string[]
  readonly tables: readonly Table[]
  readonly plots: readonly Plot[]
  readonly goals: readonly Goal[]
  /** What the figures mean where that is not obvious, one paragraph each. */
  readonly remarks: readonly string[]
}

export interface Topic {
  /** The name for `--only`, and in the names of its plots. */
  readonly name: string
  readonly title: string
  /** `quick`: fewer and shorter runs. */
  measure(quick: boolean): Promise<Findings>
}
