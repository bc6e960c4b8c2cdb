/** The name that a misspelt option most likely stands for; `null` if none is near. */
export function nearestTo(option: string, names: readonly string[]): string | null {
  const wanted = option.replace(/^-+/, '').toLowerCase()
  const ranked = names
    .map((name) => ({ name, distance: name.startsWith(wanted) && wanted.length > 1 ? 0 : distance(wanted, name) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= Math.max(2, wanted.length / 2.5) ? best.name : null
}

/** How many letters must be put in, left out or replaced to make one word of the other (Levenshtein's distance). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
