import { expectedVerdicts } from './judge.ts'
import type { Row } from './row.ts'
import type { RowRun } from './run.ts'

/** A row, and what came of all its runs. */
export interface Finding {
  readonly row: Row
  readonly runs: readonly RowRun[]
}

export function isAsExpected({ runs }: Finding): boolean {
  return runs.length > 0 && runs.every(({ complaints }) => complaints.length === 0)
}

export const columns = ['Fault', 'Runs', 'Verdict expected', 'Seen', 'Worst time', 'Bound', 'As expected']

/** The finding as a row of the table. */
export function cellsOf(finding: Finding): string[] {
  const { row, runs } = finding
  return [
    row.name,
    String(runs.length),
    expectedVerdicts(row.expected).join(' or '),
    [...Map.groupBy(runs, ({ verdict }) => verdict)]
      .map(([verdict, alike]) => (alike.length === runs.length ? verdict : `${alike.length} × ${verdict}`))
      .join(', '),
    `${Math.max(...runs.map(({ seconds }) => seconds)).toFixed(2)} s`,
    `${row.expected.seconds} s`,
    isAsExpected(finding) ? 'yes' : '**no**',
  ]
}

/** What was not as expected, each kind once. */
export function complaintsIn({ runs }: Finding): string[] {
  const all = runs.flatMap(({ complaints }) => complaints)
  return [...Map.groupBy(all, (complaint) => complaint)].map(([complaint, alike]) =>
    alike.length > 1 ? `${complaint} (${alike.length} times)` : complaint,
  )
}
