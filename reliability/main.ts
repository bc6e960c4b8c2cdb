import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { copyAction } from './action.ts'
import { cellsOf, columns, type Finding, isAsExpected } from './findings.ts'
import { notesOn, pageOf, randomParagraph } from './page.ts'
import { inPool } from './pool.ts'
import { playRandomly, type RandomFinding } from './random.ts'
import type { Row } from './row.ts'
import { endurance } from './rows/endurance.ts'
import { rows } from './rows/index.ts'
import { runRow } from './run.ts'
import { tableOf } from './table.ts'

const help = `npm run reliability [-- options]

Sets up every fault that the wait must survive, runs the committed action through it, and writes docs/reliability.md. Exits with 1 when
anything does not end as expected.

  --quick        each fault once, and no soak; writes nothing
  --only TEXT    the faults whose name or topic holds the text; writes nothing
  --soak MINUTES how long the real soak lasts (1 unless given)
  --random RUNS  random schedules on a virtual clock alone, so many; writes nothing
  --seed SEED    of the random schedules, to play those of an earlier run again

With RELIABILITY_LOG in the environment, it shows what steps wrote that did not end as expected.`

/** Enough to show what happens now and then, and what comes of rows that take long. */
const runsOf = { usual: 3, slow: 2, quick: 1 }
/** Steps mostly sleep. */
const rowsAtOnce = 8
const randomRuns = 10_000

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    soak: { type: 'string' },
    random: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(help)
else process.exitCode = (await main()) ? 0 : 1

async function main(): Promise<boolean> {
  const seed = values.seed === undefined ? undefined : numberIn('seed', values.seed)
  if (values.random !== undefined) return tell([], await playRandomly(numberIn('random', values.random), seed))

  const minutes = numberIn('soak', values.soak ?? '1')
  const all = [...endurance(minutes), ...rows]
  const chosen = all.filter(({ name, topic }) => `${topic}: ${name}`.includes(values.only ?? ''))
  if (chosen.length === 0) throw new Error(`No fault has a name with '${values.only}' in it\n\n${help}`)
  const findings = await run(
    values.quick ? chosen.filter(({ topic }) => topic !== 'Endurance' || values.only !== undefined) : chosen,
  )
  const writes = !values.quick && values.only === undefined
  const random = writes ? await playRandomly(randomRuns, seed) : null
  if (writes) {
    const command = values.soak === undefined ? 'npm run reliability' : `npm run reliability -- --soak ${values.soak}`
    await writeFile(resolve(import.meta.dirname, '../docs/reliability.md'), pageOf({ findings, random }, command))
  }
  return tell(findings, random)
}

/** What takes longest begins first, so that nothing is left to wait for in the end. */
async function run(chosen: readonly Row[]): Promise<Finding[]> {
  await using action = await copyAction()
  const tasks = [...chosen]
    .sort((a, b) => b.expected.seconds - a.expected.seconds)
    .flatMap((row) =>
      Array.from({ length: timesOf(row) }, () => async () => ({ row, result: await runRow(row, action.folder) })),
    )
  const results = await inPool(tasks, rowsAtOnce)
  return chosen.map((row) => ({ row, runs: results.filter((each) => each.row === row).map(({ result }) => result) }))
}

function timesOf({ slow, topic }: Row): number {
  if (values.quick || topic === 'Endurance') return runsOf.quick
  return slow ? runsOf.slow : runsOf.usual
}

/** For the terminal. Returns whether all is as expected. */
function tell(findings: readonly Finding[], random: RandomFinding | null): boolean {
  if (findings.length > 0) console.log([tableOf(columns, findings.map(cellsOf)), ...notesOn(findings)].join('\n\n'))
  if (random !== null) console.log(`\n${randomParagraph(random)}`)
  return findings.every(isAsExpected) && (random === null || random.counterexample === null)
}

/** @throws Error when it is none */
function numberIn(option: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new Error(`--${option} takes a number, not '${text}'\n\n${help}`)
  return number
}
