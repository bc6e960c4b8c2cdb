import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type RunOptions, runAction } from '../simulator/runner.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { type AwsCli, findAwsClis } from './aws-cli.ts'
import { timeProcess } from './processes.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'
import { milliseconds, spread, times } from './units.ts'

const root = resolve(import.meta.dirname, '..')

interface Contestant {
  readonly name: string
  /** Runs its process, and gives the time from start to end in milliseconds. */
  readonly time: () => Promise<number>
}

interface Timed {
  readonly name: string
  readonly durations: readonly number[]
}

/** How long does a step take for a request that is SUCCEEDED already? */
export const starting: Topic = {
  name: 'starting',
  async measure(quick) {
    const rounds = quick ? 7 : 40
    const folder = await bundleEmptyAction()
    const simulator = await startSimulator()
    try {
      const awsClis = await findAwsClis()
      const contestants = contestantsOf(simulator, join(folder, 'dist/index.js'), awsClis)
      // The first to run would be slower, because its files are not in the file cache yet.
      for (const contestant of contestants) await contestant.time()
      const timed = contestants.map(({ name }) => ({ name, durations: [] as number[] }))
      for (let round = 0; round < rounds; round++) {
        for (const [index, contestant] of contestants.entries()) {
          timed[index]?.durations.push(await contestant.time())
        }
      }
      return findings(timed, awsClis)
    } finally {
      await simulator.close()
      await rm(folder, { recursive: true })
    }
  },
}

const bareNode = 'Bare Node, `node -e 0`'
const emptyAction = 'An empty action that imports @actions/core'
const withoutCall = 'This action, with inputs that it refuses'
const thisAction = 'This action'
const oneCallOf = ({ version }: AwsCli) => `${version}, with one call`

function contestantsOf(simulator: Simulator, emptyEntry: string, awsClis: readonly AwsCli[]): Contestant[] {
  const [requestId = ''] = simulator.start({ ageSeconds: 60 })
  const inputs = { 'instance-arn': simulator.instanceArn, 'request-id': requestId }
  const environment = simulator.environment()
  const timeAction = (exitCode: number, options: RunOptions) => async () => {
    const run = await runAction({ environment, ...options })
    const result = await run.finished
    if (result.exitCode !== exitCode)
      throw new Error(`Exited with ${result.exitCode}: ${result.stdout}${result.stderr}`)
    return result.durationMs
  }
  return [
    { name: bareNode, time: () => timeProcess(process.execPath, ['-e', '0']) },
    { name: emptyAction, time: timeAction(0, { entry: emptyEntry }) },
    { name: withoutCall, time: timeAction(1, { inputs: {} }) },
    { name: thisAction, time: timeAction(0, { inputs }) },
    ...awsClis.map((awsCli) => ({
      name: oneCallOf(awsCli),
      time: () =>
        timeProcess(
          awsCli.path,
          [
            ...['sso-admin', 'describe-permission-set-provisioning-status'],
            ...['--instance-arn', simulator.instanceArn, '--provision-permission-set-request-id', requestId],
            ...['--endpoint-url', simulator.endpoint, '--region', simulator.region],
          ],
          { ...process.env, ...environment },
        ),
    })),
  ]
}

/** An empty action, built as this action is. It is inside the repository, so that its import is found. */
async function bundleEmptyAction(): Promise<string> {
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true })
  const folder = await mkdtemp(join(root, 'node_modules/.cache/empty-action-'))
  const entry = join(folder, 'index.js')
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(entry, "import * as core from '@actions/core'\ncore.info('')\n")
  const ncc = join(root, 'node_modules/@vercel/ncc/dist/ncc/cli.js')
  await promisify(execFile)(process.execPath, [ncc, 'build', entry, '--minify', '--out', join(folder, 'dist')])
  return folder
}

function findings(timed: readonly Timed[], awsClis: readonly AwsCli[]): Findings {
  const durationsOf = (name: string) => timed.find((one) => one.name === name)?.durations ?? []
  const ratioOf = (name: string, base: string): Statistics => {
    const bases = durationsOf(base)
    return statisticsOf(durationsOf(name).map((duration, round) => duration / (bases[round] ?? Number.NaN)))
  }
  const toNode = ratioOf(thisAction, bareNode)
  const [newest, ...older] = awsClis.map((awsCli) => ({ awsCli, ratio: ratioOf(thisAction, oneCallOf(awsCli)) }))

  return {
    tables: [
      {
        columns: ['', 'Process, start to end', 'Ratio to bare Node'],
        rows: timed.map(({ name, durations }) => [
          name,
          spread(statisticsOf(durations), milliseconds),
          spread(ratioOf(name, bareNode), times),
        ]),
      },
    ],
    goals: [
      {
        goal: 'At most 3.5 times bare Node',
        measured: spread(toNode, times),
        reached: toNode.median <= 3.5,
      },
      {
        goal: 'At most a fifth of the AWS CLI, in its newest version here',
        measured:
          newest === undefined
            ? 'not measured'
            : [
                spread(newest.ratio, times),
                ...older.map(({ awsCli, ratio }) => `${times(ratio.median)} of version ${awsCli.majorVersion}`),
              ].join('; '),
        reached: newest !== undefined && newest.ratio.median <= 1 / 5,
      },
    ],
  }
}
