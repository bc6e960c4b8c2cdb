/** Cells that may hold anything, in a Markdown table that is as easy to read in a terminal. */
export function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map((cell) => cell.replace(/[|<>]/g, '\\$&')))
  const widths = columns.map((column, index) => Math.max(column.length, ...safe.map((row) => row[index]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, index) => (cells[index] ?? '').padEnd(width)).join(' | ')} |`
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...safe.map(line)].join('\n')
}
