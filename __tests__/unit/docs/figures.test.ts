import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'

const readme = (await readFile('README.md', 'utf8')).replace(/\s+/g, ' ')
const benchmarks = await readFile('docs/benchmarks.md', 'utf8')

/** The measured numbers of a goal. */
function measured(goal: string): number[] {
  const line = benchmarks.split('\n').find((row) => row.startsWith(`| ${goal} `)) ?? ''
  const cell = line.split('|').at(-3) ?? ''
  return (cell.match(/[\d.]+/g) ?? []).map(Number)
}

test('the figures in README are those of the benchmarks', () => {
  const delays = /^\| This action +\| (.*)$/m
    .exec(benchmarks)?.[1]
    ?.split('|')
    .map((cell) => Number.parseFloat(cell))
  const [shortest = Number.NaN, longest = Number.NaN] = [delays?.[0], delays?.[3]]
  expect(readme).toContain(`${shortest} s late on average when AWS needs seconds`)
  expect(readme).toContain(`and ${longest.toFixed(1)} s late in waits of up to half an hour`)

  const bands =
    "Mean delay at most a third of the next best of Terraform's cadence and loops of 10 s and 30 s, in each band"
  const ratios = measured(bands)
  expect(ratios).toHaveLength(4)
  const times = [Math.max(...ratios), Math.min(...ratios)].map((ratio) => Math.round(1 / ratio))
  expect(readme).toContain(`${times.join(' to ')} times sooner than the next best`)

  const counted = Math.max(...measured('Mean delay at most 0.6 s in each band where accounts can be counted'))
  expect(readme).toContain(`at most ${counted.toFixed(1)} s late on average in any wait`)
})
