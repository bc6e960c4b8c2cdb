/** A length of time for people: `0.4 s`, `12.3 s`, `2 min 05 s`, `30 min`, `1 h 02 min`. */
export function formatDuration(ms: number): string {
  const tenths = Math.round(Math.max(0, ms) / 100)
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

function joined(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${String(rest).padStart(2, '0')} ${restUnit}`
}

/** A duration that is only an estimate, rounded up: to 10 s below a minute, to minutes below 10 minutes, else to 5 minutes. */
export function formatRoughly(ms: number): string {
  const stepMs = ms <= 60_000 ? 10_000 : ms <= 600_000 ? 60_000 : 300_000
  return formatDuration(Math.ceil(ms / stepMs) * stepMs).replace('.0 s', ' s')
}
