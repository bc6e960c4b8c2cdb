import type { Statistics } from './statistics.ts'

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
