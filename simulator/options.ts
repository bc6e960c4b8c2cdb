import { parseArgs } from 'node:util'
import { type OperationName, operationNames } from '../src/requests/request.ts'
import type { Plan, SimulatorOptions } from './settings.ts'

/** A command line that asks for something impossible; the message says what would be right. */
export class UsageError extends Error {}

/** What the options of both commands come to. */
export interface Command {
  help: boolean
  verbose: boolean
  simulator: SimulatorOptions
  /** How many requests to start, and how each of them goes. */
  requests: number
  plan: (index: number) => Plan
}

export const simulatorHelp = `
  --operation NAME    ${operationNames.join(', ')} (the first)
  --requests N        how many requests to start, 1 to 1000
  --seconds N         how long the longest request takes (6)
  --accounts N        how many accounts hold the permission set (5)
  --lag N             the lists of accounts are N seconds old (0)
  --fail              the requests end FAILED, half way through the accounts
  --reason TEXT       the failure reason, in place of one that AWS often gives
  --throttle N        refuse calls above N in any second
  --deny ACTION       refuse an IAM action, such as sso:DescribePermissionSet; repeatable
  --latency MS        answer each call that much later
  --session N         the credentials last N seconds (an hour)
  --replica           serve a Region to which the instance is replicated, where permission sets cannot be read
  --port N            listen there (any free port)
  -h, --help          show this`

/** Options that change the simulator. */
export const simulatorOptions = {
  operation: { type: 'string' },
  requests: { type: 'string' },
  seconds: { type: 'string' },
  accounts: { type: 'string' },
  lag: { type: 'string' },
  fail: { type: 'boolean' },
  reason: { type: 'string' },
  throttle: { type: 'string' },
  deny: { type: 'string', multiple: true },
  latency: { type: 'string' },
  session: { type: 'string' },
  replica: { type: 'boolean' },
  port: { type: 'string' },
} as const

/** How to serve the simulator. */
export interface ServeCommand extends Command {
  /** The file that gets the variables that lead to the simulator; none unless given. */
  variablesFile: string | undefined
}

/** The command line of `serve.ts`. @throws UsageError */
export function parseServeOptions(args: string[]): ServeCommand {
  const values = parse(args, { ...simulatorOptions, variables: { type: 'string' }, verbose: { type: 'boolean' } })
  return { ...toCommand(values, 0), variablesFile: text(values, 'variables') }
}

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
type ParseArgsOptions = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>

/** @throws UsageError, which points to the help */
export function parse(args: string[], options: ParseArgsOptions): Values {
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } }).values
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new UsageError(`${message?.replace(/\.$/, '')}. --help shows all options.`)
  }
}

/** @param defaultRequests how many requests are started if the command line does not say it */
export function toCommand(values: Values, defaultRequests: number): Command {
  const failed = values['fail'] === true
  const reason = text(values, 'reason')
  if (reason !== undefined && !failed) throw new UsageError('--reason is that of a failure: add --fail.')
  const operation = operationOf(values)
  const seconds = number(values, 'seconds', { from: 0, to: 86_400, unless: 6 })
  const requests = wholeNumber(values, 'requests', { from: 1, to: 1000, unless: defaultRequests })
  const accounts = wholeNumber(values, 'accounts', { from: 1, to: 10_000, unless: 5 })
  const sessionSeconds = number(values, 'session', { from: 1, to: 43_200, unless: 3_600 })
  return {
    help: values['help'] === true,
    verbose: values['verbose'] === true,
    simulator: {
      status: failed ? 'FAILED' : 'SUCCEEDED',
      failureReason: reason,
      seconds,
      accounts,
      accountsLagMs: number(values, 'lag', { from: 0, to: 3_600, unless: 0 }) * 1000,
      throttlePerSecond: number(values, 'throttle', { from: 0.1, to: 10_000, unless: Number.POSITIVE_INFINITY }),
      deny: deniedActions(values),
      latencyMs: number(values, 'latency', { from: 0, to: 60_000, unless: 0 }),
      ...(values['session'] !== undefined && { sessionSeconds }),
      ...(values['replica'] === true && { primaryRegion: 'eu-central-1' }),
      port: wholeNumber(values, 'port', { from: 0, to: 65_535, unless: 0 }),
    },
    requests,
    // They end one after the other, the last after the full time.
    plan: (index) => ({ operation, seconds: (seconds * (index + 1)) / requests }),
  }
}

/** The value of an option; undefined if it is not given. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export interface Range {
  from: number
  to: number
  /** When the option is not given. */
  unless: number
}

function number(values: Values, name: string, { from, to, unless }: Range, kind = 'a number'): number {
  const given = text(values, name)
  if (given === undefined) return unless
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN
  if (value >= from && value <= to) return value
  throw new UsageError(`--${name} must be ${kind} from ${from} to ${to}, not '${given}'.`)
}

export function wholeNumber(values: Values, name: string, range: Range): number {
  const value = number(values, name, range, 'a whole number')
  if (Number.isInteger(value)) return value
  throw new UsageError(`--${name} must be a whole number, not '${value}'.`)
}

function operationOf(values: Values): OperationName {
  const given = text(values, 'operation') ?? operationNames[0]
  const operation = operationNames.find((name) => name === given)
  if (operation) return operation
  throw new UsageError(`--operation must be one of ${operationNames.join(', ')}, not '${given}'.`)
}

function deniedActions(values: Values): string[] {
  const given = values['deny']
  const actions = Array.isArray(given) ? given.map(String) : []
  const wrong = actions.find((action) => !/^sso:[A-Z][A-Za-z]+$/.test(action))
  if (wrong === undefined) return actions
  throw new UsageError(`--deny must be an IAM action such as sso:DescribePermissionSet, not '${wrong}'.`)
}
