import { parseArgs } from 'node:util'
import { operationNames } from '../src/requests/request.ts'
import type { Plan, SimulatorOptions } from './settings.ts'

/** A command line that asks for something impossible; the message says what would be right. */
export class UsageError extends Error {}

/** Says what is wrong with a command line, or with the machine, in words of its own. @returns the exit status */
export function explain(error: Error): number {
  const hasOwnWords = error instanceof UsageError || 'code' in error
  console.error(hasOwnWords ? error.message : error)
  return 2
}

export const simulatorHelp = `
  --operation NAME    ${operationNames.join(', ')} (the first)
  --requests N        how many requests to start
  --seconds N         how long the longest request takes (6)
  --accounts N        how many accounts hold the permission set (5)
  --fail              the requests end FAILED, half way through the accounts
  --reason TEXT       the failure reason, in place of one that AWS often gives
  --throttle N        refuse calls above N in any second
  --deny ACTION       refuse an IAM action, such as sso:DescribePermissionSet; repeatable
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
  fail: { type: 'boolean' },
  reason: { type: 'string' },
  throttle: { type: 'string' },
  deny: { type: 'string', multiple: true },
  session: { type: 'string' },
  replica: { type: 'boolean' },
  port: { type: 'string' },
} as const

/** The command line of `serve.ts`. @throws UsageError */
export function parseServeOptions(args: string[]) {
  const values = parse(args, { ...simulatorOptions, variables: { type: 'string' }, verbose: { type: 'boolean' } })
  /** The file that gets the variables that lead to the simulator; none unless given. */
  const variablesFile = text(values, 'variables')
  return { ...toCommand(values, 0), verbose: values['verbose'] === true, variablesFile }
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

/**
 * What the options of both commands come to.
 *
 * @param defaultRequests how many requests are started if the command line does not say it
 * @throws UsageError
 */
export function toCommand(values: Values, defaultRequests: number) {
  const failureReason = text(values, 'reason')
  const failed = values['fail'] === true
  if (failureReason !== undefined && !failed) throw new UsageError('--reason is that of a failure: add --fail.')
  const name = text(values, 'operation') ?? operationNames[0]
  const operation = operationNames.find((own) => own === name)
  if (!operation) throw new UsageError(`--operation must be one of ${operationNames.join(', ')}, not '${name}'.`)
  const deny = [values['deny'] ?? []].flat().map(String)
  const wrong = deny.find((action) => !/^sso:[A-Z][A-Za-z]+$/.test(action))
  if (wrong) throw new UsageError(`--deny must be an IAM action such as sso:DescribePermissionSet, not '${wrong}'.`)
  const seconds = number(values, 'seconds') ?? 6
  const requests = wholeNumber(values, 'requests') ?? defaultRequests
  const sessionSeconds = number(values, 'session')
  const simulator: SimulatorOptions = {
    status: failed ? 'FAILED' : 'SUCCEEDED',
    failureReason,
    seconds,
    accounts: wholeNumber(values, 'accounts') ?? 5,
    throttlePerSecond: number(values, 'throttle') ?? Number.POSITIVE_INFINITY,
    deny,
    sessionSeconds,
    ...(values['replica'] === true && { primaryRegion: 'eu-central-1' }),
    port: wholeNumber(values, 'port') ?? 0,
  }
  return {
    help: values['help'] === true,
    simulator,
    /** How many requests to start, and how each of them goes: they end one after the other, the last after the full time. */
    requests,
    plan: (index: number): Plan => ({ operation, seconds: (seconds * (index + 1)) / requests }),
  }
}

/** The value of an option; undefined if it is not given. */
function text(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

function number(values: Values, name: string, pattern = /^\d+(\.\d+)?$/, kind = 'a number'): number | undefined {
  const given = text(values, name)
  if (given === undefined) return undefined
  if (pattern.test(given)) return Number(given)
  throw new UsageError(`--${name} must be ${kind}, not '${given}'.`)
}

/** Undefined if the option is not given. @throws UsageError */
export function wholeNumber(values: Values, name: string): number | undefined {
  return number(values, name, /^\d+$/, 'a whole number')
}
