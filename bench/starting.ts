import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { runAction } from '../simulator/runner.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { milliseconds, spread, times } from './page.ts'
import { timeProcess } from './processes.ts'
import { type Statistics, statisticsOf } from './statistics.ts'
import type { Findings, Topic } from './topic.ts'

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
    const contestants = await contestantsFor(simulator)
    // The first to run would be slower, because its files are not in the file cache yet.
    for (const { time } of contestants) await time()
    for (let round = 0; round < (quick ? 7 : 40); round++)
      for (const { durations, time } of contestants) durations.push(await time())
    return findings(contestants)
  },
}

/** The first is bare Node, the third the whole action, and the fourth the AWS CLI, if it is on the path. */
async function contestantsFor(simulator: Simulator): Promise<Contestant[]> {
  const [requestId = ''] = simulator.start({ ageSeconds: 60 })
  const environment = simulator.environment()
  const timeAction = async (exitCode: number, inputs: Record<string, string>) => {
    const result = await (await runAction({ environment, inputs })).finished
    if (result.exitCode === exitCode) return result.durationMs
    throw new Error(`Exited with ${result.exitCode}: ${result.stdout}${result.stderr}`)
  }
  const describe = [
    ...['sso-admin', 'describe-permission-set-provisioning-status', '--region', simulator.region],
    ...['--instance-arn', simulator.instanceArn, '--provision-permission-set-request-id', requestId],
    ...['--endpoint-url', simulator.endpoint],
  ]
  const whole = { 'instance-arn': simulator.instanceArn, 'request-id': requestId }
  const own = [
    { name: 'Bare Node, `node -e 0`', time: () => timeProcess(process.execPath, ['-e', '0']), durations: [] },
    { name: 'This action, with inputs that it refuses', time: () => timeAction(1, {}), durations: [] },
    { name: 'This action', time: () => timeAction(0, whole), durations: [] },
  ]
  const awsCli = await promisify(execFile)('aws', ['--version']).then(
    ({ stdout }) => `AWS CLI ${/aws-cli\/(\d+)/.exec(stdout)?.[1] ?? ''}`,
    () => null,
  )
  if (awsCli === null) return own
  const timeCli = () => timeProcess('aws', describe, { ...process.env, ...environment })
  return [...own, { name: `${awsCli}, with one call`, time: timeCli, durations: [] }]
}

function findings(contestants: readonly Contestant[]): Findings {
  const [node, refusing, whole, awsCli] = contestants
  /** Of times of the same round. */
  const ratioOf = (one: Contestant | undefined, base: Contestant | undefined): Statistics =>
    statisticsOf((one?.durations ?? []).map((duration, round) => duration / (base?.durations[round] ?? Number.NaN)))
  const toNode = ratioOf(whole, node)
  const toAwsCli = awsCli && ratioOf(whole, awsCli)
  return {
    isOfMachine: true,
    tables: [
      {
        columns: ['', 'Start to end'],
        rows: contestants
          .filter((one) => one !== refusing)
          .map((one) => [one.name, milliseconds(statisticsOf(one.durations).median)]),
      },
    ],
    details: [
      {
        columns: ['', 'Process, start to end', 'Ratio to bare Node'],
        rows: contestants.map((one) => [
          one.name,
          spread(statisticsOf(one.durations), milliseconds),
          spread(ratioOf(one, node), times),
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
        goal: 'At most a fifth of the AWS CLI',
        measured: toAwsCli ? spread(toAwsCli, times) : 'not measured',
        reached: toAwsCli !== undefined && toAwsCli.median <= 1 / 5,
      },
    ],
  }
}
