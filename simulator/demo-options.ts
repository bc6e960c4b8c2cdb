import { parseArgs } from 'node:util'
import { parseCommandLine } from '../src/terminal/options.ts'
import { parse, simulatorOptions, toCommand, UsageError, wholeNumber } from './options.ts'
import { startSimulator } from './simulator.ts'

/** What the demonstration is to run. */
export type Demo = ReturnType<typeof parseDemo>

const demoOptions = { ...simulatorOptions, rollout: { type: 'boolean' }, behind: { type: 'string' } } as const
/** Options of the command that lead to AWS itself. */
const ofAws = ['instance-arn', 'request-id', 'request-file', 'permission-set-arn']

/** Takes the options of the simulator out of the arguments. All others are of the command, which checks them. @throws UsageError */
export function parseDemo(all: readonly string[]) {
  const { tokens } = parseArgs({ args: [...all], options: demoOptions, strict: false, tokens: true })
  const own: string[] = []
  const args: string[] = []
  for (const token of tokens) {
    if (token.kind === 'option-terminator') args.push('--')
    else if (token.kind === 'positional') args.push(token.value)
    else {
      const given = [token.rawName, ...(token.value === undefined ? [] : [token.value])]
      const isOwn = token.name in demoOptions || ['help', 'h'].includes(token.name)
      if (isOwn) own.push(...given)
      // The simulator starts requests of this operation, and the command waits for them.
      if (!isOwn || token.name === 'operation') args.push(...given)
    }
  }
  const values = parse(own, demoOptions)
  const { inputs } = parseCommandLine(args)
  const target = ofAws.find((name) => inputs.has(name))
  const misplaced = Object.keys(values).find((name) => !['operation', 'help'].includes(name))
  if (target !== undefined && misplaced !== undefined)
    throw new UsageError(
      `--${misplaced} is for the simulator, and --${target} is for AWS itself: leave out one of them.`,
    )
  const command = toCommand(values, 1)
  const region = inputs.get('aws-region')
  const behind = wholeNumber(values, 'behind')
  return {
    ...command,
    simulator: { ...command.simulator, ...(region !== undefined && { region }) },
    /** The options of the command itself. */
    args,
    /** At AWS itself, because the options name what is there. */
    againstAws: target !== undefined,
    /** The command is to find what is in progress for the permission sets, without request IDs. */
    rollout: values['rollout'] === true || behind !== undefined,
    /** How many accounts have been out of date for long; undefined if requests are started. */
    behind,
  }
}

/**
 * Starts a simulator and what the command is to wait for. A rollout has a permission set for each of its requests.
 *
 * @returns also the arguments of the command that waits, and the variables that lead it to the simulator
 */
export async function startDemo({ args, behind, plan, requests, rollout, simulator: settings }: Demo) {
  const state = behind === undefined ? {} : { behind }
  const permissionSets = Array.from({ length: requests }, (_, index) => ({ name: `Team${index + 1}Access`, ...state }))
  const simulator = await startSimulator({ ...settings, ...(rollout && { permissionSets }) })
  const arns = [...simulator.instance.permissionSets.keys()]
  const planOf = (index: number) => ({ ...plan(index), permissionSetArn: arns[index] ?? simulator.permissionSetArn })
  const requestIds = behind === undefined ? simulator.start(planOf, requests) : []
  const isIdle = parseCommandLine(args).inputs.get('until') === 'idle'
  const target = rollout ? ['--permission-set-arn', arns.join()] : ['--request-id', requestIds.join()]
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(settings.sessionSeconds ?? 3_600)
  return {
    simulator,
    args: ['--instance-arn', simulator.instanceArn, ...(isIdle ? [] : target), ...args],
    environment: {
      ...simulator.environment(),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  }
}
