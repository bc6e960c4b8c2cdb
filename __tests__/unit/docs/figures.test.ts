import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'

test('figures that README takes from the benchmarks stand there', async () => {
  const paragraphs = (await readFile('README.md', 'utf8')).split(/\n{2,}/)
  const figures = paragraphs
    .filter((paragraph) => paragraph.includes('](docs/benchmarks.md'))
    .flatMap((paragraph) => paragraph.match(/\d+\.\d+/g) ?? [])
  expect(figures.length).toBeGreaterThan(0)
  const benchmarks = await readFile('docs/benchmarks.md', 'utf8')
  expect(figures.filter((figure) => !benchmarks.includes(` ${figure} s`))).toEqual([])
})
