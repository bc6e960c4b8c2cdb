import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { withPart } from '../scripts/parts.ts'
import { downloading } from './downloading.ts'
import { ending } from './ending.ts'
import { instance } from './instance.ts'
import { memory } from './memory.ts'
import { noticing } from './noticing.ts'
import { pace } from './pace.ts'
import { measuredPart } from './page.ts'
import { scale } from './scale.ts'
import { sharing } from './sharing.ts'
import { starting } from './starting.ts'

const topics = [noticing, pace, starting, downloading, scale, instance, sharing, memory, ending]
const page = resolve(import.meta.dirname, '../docs/benchmarks.md')

const help = `npm run bench [-- options]

Measures what this action costs and how soon it notices the end of a request, compares it with other tools, prints the results, and writes
the answers and the goals into docs/benchmarks.md.

  --quick             runs fewer and shorter measurements, within a minute; prints the results and writes nothing
  --only NAME[,NAME]  measures only these topics (${topics.map(({ name }) => name).join(', ')}); prints the results and writes nothing
  --write             writes in these cases too, only what was measured`

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
  for (const { measure, name } of topics.filter(({ name }) => names?.includes(name) ?? true)) {
    const startedMs = performance.now()
    const part = measuredPart(await measure(quick))
    console.log(`${name} (${((performance.now() - startedMs) / 1_000).toFixed(1)} s)\n\n${part}\n`)
    if (writes) await writeFile(page, withPart(await readFile(page, 'utf8'), `measured: ${name}`, part))
  }
}
