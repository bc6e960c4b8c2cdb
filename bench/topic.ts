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
