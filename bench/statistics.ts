export type Statistics = ReturnType<typeof statisticsOf>

/**
 * Statistics of a series of measurements. Quantiles are interpolated between neighbours.
 *
 * @throws RangeError when there are no values
 */
export function statisticsOf(values: readonly number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  const quantile = (share: number) => {
    const position = (sorted.length - 1) * share
    const below = sorted[Math.floor(position)]
    const above = sorted[Math.ceil(position)]
    if (below === undefined || above === undefined) throw new RangeError('No values, no quantile')
    return below + (above - below) * (position - Math.floor(position))
  }
  return { min: quantile(0), p10: quantile(0.1), median: quantile(0.5), p90: quantile(0.9), max: quantile(1) }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

/** The largest number of events in any window of this length. `times` is ascending. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  let [first, most] = [0, 0]
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? time) <= time - windowMs) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}
