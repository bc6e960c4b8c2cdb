/** Statistics of a series of measurements. */
export interface Statistics {
  readonly mean: number
  readonly min: number
  readonly p10: number
  readonly median: number
  readonly p90: number
  readonly p95: number
  readonly max: number
}

/** @throws RangeError when there are no values */
export function statisticsOf(values: readonly number[]): Statistics {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    mean: sum(sorted) / sorted.length,
    min: quantile(sorted, 0),
    p10: quantile(sorted, 0.1),
    median: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p95: quantile(sorted, 0.95),
    max: quantile(sorted, 1),
  }
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

/**
 * A quantile, interpolated between neighbours. `sorted` is ascending; `share` is from 0 to 1.
 *
 * @throws RangeError when there are no values
 */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) throw new RangeError('No values, no quantile')
  return below + (above - below) * (position - Math.floor(position))
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
