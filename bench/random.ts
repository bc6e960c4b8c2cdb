/** A uniform pseudo-random number in [0, 1), as `Math.random`. */
export type Random = () => number

/** Mulberry32: the same seed gives the same numbers, so that a simulation repeats exactly. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A number with a uniform logarithm: 1 to 10 is as likely as 10 to 100. The durations of requests span three orders of magnitude. */
export function logUniform(random: Random, from: number, to: number): number {
  return from * (to / from) ** random()
}
