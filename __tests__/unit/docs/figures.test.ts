import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'

const readme = (await readFile('README.md', 'utf8')).replace(/\s+/g, ' ')
const benchmarks = await readFile('docs/benchmarks.md', 'utf8')

/** The measured numbers of a goal. */
function measured(goal: string): number[] {
  const line = benchmarks.split('\n').find((row) => row.includes(` ${goal} |`)) ?? ''
  const cell = line.split('|').at(-3) ?? ''
  return (cell.match(/[\d.]+/g) ?? []).map(Number)
}

test('the figures in README are those of the benchmarks', () => {
  const delays = /^\| This action +\| (.*)$/m
    .exec(benchmarks)?.[1]
    ?.split('|')
    .map((cell) => Number.parseFloat(cell))
  const [shortest = Number.NaN, longest = Number.NaN] = [delays?.[0], delays?.[3]]
  expect(readme).toContain(`${shortest} s after it on average`)
  expect(readme).toContain(`and ${longest.toFixed(1)} s where it takes up to half an hour`)

  const bands =
    "Mean delay at most a third of the next best of Terraform's cadence and loops of 10 s and 30 s, in each band"
  const ratios = measured(bands)
  expect(ratios).toHaveLength(4)
  expect(readme).toContain(`${Math.min(...ratios)} to ${Math.max(...ratios)} of the delay of the next best`)

  expect(readme).toContain(
    `settled with ${measured('1,000 finished before: settled within 8 s and 80 calls')[1]} calls`,
  )

  const [toNode = Number.NaN] = measured(/At most [\d.]+ times bare Node/.exec(benchmarks)?.[0] ?? '')
  const shown = Number(/takes ([\d.]+) times as long as starting Node/.exec(readme)?.[1])
  expect(Math.abs(shown - toNode)).toBeLessThan(0.06)
  const [toCli = Number.NaN] = measured('At most a fifth of the AWS CLI, in its newest version here')
  expect(readme).toContain('a sixth of the time of one call with the AWS CLI 2')
  expect(Math.round(1 / toCli)).toBe(6)
})
