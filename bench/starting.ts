import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { runAction } from '../simulator/runner.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { milliseconds, spread, type Topic, times } from './page.ts'
import { timeProcess } from './processes.ts'
import { type Statistics, statisticsOf } from './statistics.ts'

interface Contestant {
  readonly name: string
  /** Runs its process, and gives the time from start to end in milliseconds. */
  readonly time: () => Promise<number>
  readonly durations: number[]
}

/** How long does a step take for a request that is SUCCEEDED already? */
export const starting: Topic = {
  name: 'starting',
  async measure(quick) {
    await using simulator = await startSimulator()
    const [requestId = ''] = simulator.start({ ageSeconds: 60 })
    const node = contestant('Bare Node, `node -e 0`', () => timeProcess(process.execPath, ['-e', '0']))
    const action = contestant('This action', () => timeAction(simulator, requestId))
    const awsCli = await awsCliFor(simulator, requestId)
    const contestants = [node, action, ...(awsCli === null ? [] : [awsCli])]
    // The first to run would be slower, because its files are not in the file cache yet.
    for (const { time } of contestants) await time()
    for (let round = 0; round < (quick ? 7 : 40); round++)
      for (const { durations, time } of contestants) durations.push(await time())

    const toNode = ratioOf(action, node)
    const toAwsCli = awsCli && ratioOf(action, awsCli)
    return {
      isOfMachine: true,
      table: {
        columns: ['', 'Start to end'],
        rows: contestants.map(({ durations, name }) => [name, milliseconds(statisticsOf(durations).median)]),
      },
      goals: [
        { goal: 'At most 3.5 times bare Node', measured: spread(toNode, times), reached: toNode.median <= 3.5 },
        {
          goal: 'At most a fifth of the AWS CLI',
          measured: toAwsCli ? spread(toAwsCli, times) : 'not measured',
          reached: toAwsCli !== null && toAwsCli.median <= 1 / 5,
        },
      ],
    }
  },
}

function contestant(name: string, time: () => Promise<number>): Contestant {
  return { name, time, durations: [] }
}

/** Of times of the same round. */
function ratioOf(one: Contestant, base: Contestant): Statistics {
  return statisticsOf(one.durations.map((duration, round) => duration / (base.durations[round] ?? Number.NaN)))
}

async function timeAction(simulator: Simulator, requestId: string): Promise<number> {
  const inputs = { 'instance-arn': simulator.instanceArn, 'request-id': requestId }
  const { durationMs, exitCode, stderr, stdout } = await (
    await runAction({ environment: simulator.environment(), inputs })
  ).finished
  if (exitCode === 0) return durationMs
  throw new Error(`Exited with ${exitCode}: ${stdout}${stderr}`)
}

/** `null` if it is not on the path. */
async function awsCliFor({ endpoint, environment, instanceArn, region }: Simulator, requestId: string) {
  const version = await promisify(execFile)('aws', ['--version']).catch(() => null)
  if (version === null) return null
  const describe = [
    ...['sso-admin', 'describe-permission-set-provisioning-status', '--region', region, '--endpoint-url', endpoint],
    ...['--instance-arn', instanceArn, '--provision-permission-set-request-id', requestId],
  ]
  return contestant(`AWS CLI ${/aws-cli\/(\d+)/.exec(version.stdout)?.[1] ?? ''}, with one call`, () =>
    timeProcess('aws', describe, { ...process.env, ...environment() }),
  )
}
