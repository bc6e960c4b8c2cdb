import type { PaceCourse } from './pace-simulation.ts'

/** The goal is about this one. */
export const steady: PaceCourse = { name: 'Steady', pace: eachTakes((random) => 0.5 + random()) }

/** Where the number of accounts says little about the end, or the wrong thing. */
export const misleading: readonly PaceCourse[] = [
  { name: 'Very different accounts (exponential)', pace: eachTakes((random) => -Math.log(1 - random())) },
  { name: 'Jumps by a quarter of the accounts', pace: () => (share) => Math.ceil(share * 4) / 4 },
  { name: 'Gets slower', pace: () => (share) => share ** 3 },
  { name: 'Gets faster', pace: () => (share) => share ** 0.5 },
  { name: 'Stalls at 90 % for half of its time', pace: () => (share) => (share <= 0.9 ? share / 2.25 : share) },
  { name: 'All accounts done at 60 % of its time', pace: () => (share) => 0.6 * share },
  { name: 'All accounts done at the end', pace: () => () => 1 },
  { name: 'A tenth of the accounts is out of date again at 70 %', pace: steady.pace, staleAt: 0.7 },
  { name: 'Lists are 20 s late', pace: steady.pace, lagMs: 20_000 },
]

/** Each account takes a random time of its own, after the one before. */
function eachTakes(time: (random: () => number) => number): PaceCourse['pace'] {
  return (accounts, random) => {
    const ends = [0]
    for (let account = 1; account <= accounts; account += 1) ends.push((ends.at(-1) ?? 0) + time(random))
    const total = ends.at(-1) ?? 1
    return (share) => (ends[Math.round(share * accounts)] ?? total) / total
  }
}
