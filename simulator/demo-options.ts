import {
  type Command,
  parse,
  simulatorOptions,
  text,
  toCommand,
  UsageError,
  type Values,
  wholeNumber,
} from './options.ts'

/** What the demonstration is to run. */
export interface DemoCommand extends Command {
  /** Of the action, to be checked by the action itself. */
  inputs: Record<string, string>
  /** Against AWS itself, with the ambient credentials. */
  againstAws: boolean
  /** With the simulator's OIDC tokens and STS in place of an access key. */
  assumesRole: boolean
  /** The action is to find what is in progress for the permission sets, without request IDs. */
  rollout: boolean
  /** How many accounts have been behind for long; undefined if requests are started. */
  behind: number | undefined
}

const actionInputs = {
  'instance-arn': { type: 'string' },
  'request-id': { type: 'string' },
  'permission-set-arn': { type: 'string' },
  until: { type: 'string' },
  'aws-region': { type: 'string' },
  'timeout-minutes': { type: 'string' },
  'poll-interval-seconds': { type: 'string' },
  wait: { type: 'string' },
} as const

const own = {
  rollout: { type: 'boolean' },
  behind: { type: 'string' },
  'role-to-assume': { type: 'boolean' },
} as const

/** Inputs that lead to AWS itself. */
const awsInputs = ['instance-arn', 'request-id', 'permission-set-arn'] as const

/** The command line of `demo.ts`. @throws UsageError */
export function parseDemoOptions(args: string[]): DemoCommand {
  const values = parse(args, { ...simulatorOptions, ...actionInputs, ...own })
  const againstAws = awsInputs.some((name) => values[name] !== undefined)
  if (againstAws) checkTarget(values)
  const { region, inputs } = inputsIn(values)
  const behind = wholeNumber(values, 'behind', { from: 0, to: 10_000, unless: 0 })
  const command = toCommand(values, 1)
  return {
    ...command,
    simulator: { ...command.simulator, ...(region !== undefined && { region }) },
    inputs,
    againstAws,
    assumesRole: values['role-to-assume'] === true,
    rollout: values['rollout'] === true || values['behind'] !== undefined,
    behind: values['behind'] === undefined ? undefined : behind,
  }
}

function inputsIn(values: Values): { region: string | undefined; inputs: Record<string, string> } {
  const given = ['operation', ...Object.keys(actionInputs)].flatMap((name): [string, string][] => {
    const value = text(values, name)
    return value === undefined ? [] : [[name, value]]
  })
  return { region: text(values, 'aws-region'), inputs: Object.fromEntries(given) }
}

/** What is needed to wait at AWS itself, and what makes no sense there. */
function checkTarget(values: Values): void {
  if (values['instance-arn'] === undefined)
    throw new UsageError('--instance-arn is missing: AWS needs the instance, besides what to wait for.')
  const hasTarget = values['request-id'] !== undefined || values['permission-set-arn'] !== undefined
  if (!hasTarget && values['until'] !== 'idle')
    throw new UsageError('--request-id is missing; or give --permission-set-arn, or --until idle.')
  const simulated = Object.keys({ ...simulatorOptions, ...own }).filter((name) => name !== 'operation')
  const misplaced = simulated.find((name) => values[name] !== undefined)
  if (misplaced)
    throw new UsageError(
      `--${misplaced} is for the simulator: leave out ${awsInputs.map((name) => `--${name}`).join(', ')}.`,
    )
}
