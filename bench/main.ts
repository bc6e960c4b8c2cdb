import { mkdir, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { downloading } from './downloading.ts'
import { ending } from './ending.ts'
import { memory } from './memory.ts'
import { noticing } from './noticing.ts'
import { pace } from './pace.ts'
import { svgOf } from './plot.ts'
import { goalsOf, pageOf, type Section, sectionOf } from './report.ts'
import { scale } from './scale.ts'
import { sharing } from './sharing.ts'
import { starting } from './starting.ts'

const topics = [noticing, pace, starting, downloading, scale, sharing, memory, ending]

const help = `npm run bench [-- options]

Measures what this action costs and how soon it notices the end of a request, compares it with other tools, and writes docs/benchmarks.md
and its plots.

  --quick             runs fewer and shorter measurements, within a minute; prints the results and writes no files
  --only NAME[,NAME]  measures only these topics (${topics.map(({ name }) => name).join(', ')}); prints the results and writes no files
  --write             writes the files in these cases too, with only the topics that were measured`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(help)
else await main(values.quick, values.only?.split(','), values.write ?? (!values.quick && values.only === undefined))

async function main(quick: boolean, names: readonly string[] | undefined, writes: boolean): Promise<void> {
  const unknown = names?.filter((name) => topics.every((topic) => topic.name !== name)) ?? []
  if (unknown.length > 0) throw new Error(`No such topic: ${unknown.join(', ')}\n\n${help}`)

  const sections: Section[] = []
  for (const topic of topics.filter(({ name }) => names?.includes(name) ?? true)) {
    const startedMs = performance.now()
    console.error(`${topic.title} …`)
    const section = { topic, findings: await topic.measure(quick) }
    console.error(`${topic.title}: ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`)
    console.log(`${sectionOf(section)}\n\n${goalsOf(section)}\n`)
    sections.push(section)
  }
  if (writes) await write(sections, quick ? 'npm run bench -- --quick --write' : 'npm run bench')
}

/** Replaces the page and all plots, so that no plot of an earlier run remains. */
async function write(sections: readonly Section[], command: string): Promise<void> {
  const docs = resolve(import.meta.dirname, '../docs')
  await rm(`${docs}/benchmarks`, { recursive: true, force: true })
  await mkdir(`${docs}/benchmarks`, { recursive: true })
  await writeFile(`${docs}/benchmarks.md`, pageOf(sections, command))
  for (const plot of sections.flatMap(({ findings }) => findings.plots)) {
    await writeFile(`${docs}/benchmarks/${plot.name}.svg`, svgOf(plot))
  }
}
