import { parseArgs } from 'node:util'
import { type Environment, listed } from '../inputs/input.ts'
import type { Problem } from '../inputs/parsed.ts'
import { inputOptions } from '../inputs/table.ts'
import { nearestTo } from './nearest.ts'

const outputFormats = ['none', 'json', 'markdown', 'text'] as const
export type OutputFormat = (typeof outputFormats)[number]
const progressModes = ['auto', 'plain'] as const

/** The options that are no inputs, apart from --help and --version. */
const ownOptions = ['output', 'summary-file', 'progress'] as const
const flags = ['help', 'version', 'verbose'] as const

/** What the command line asks for. */
export interface CommandLine {
  readonly asks: 'help' | 'version' | 'wait'
  /** The inputs that are given, by their names. */
  readonly inputs: ReadonlyMap<string, string>
  readonly output: OutputFormat
  /** Blank if none is wanted. */
  readonly summaryFile: string
  /** `false`: lines alone, also on a terminal. */
  readonly isLiveAllowed: boolean
  /** Whether each call is to be logged. */
  readonly isVerbose: boolean
  /** What is wrong with the options, apart from the values of inputs. */
  readonly problems: readonly Problem[]
}

/** Reads the arguments after the program's name. Never throws. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const valued = [...inputOptions.keys(), ...ownOptions]
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(valued.map((name) => [name, { type: 'string' }] as const)),
      ...Object.fromEntries(flags.map((name) => [name, { type: 'boolean' }] as const)),
      help: { type: 'boolean', short: 'h' },
    },
  })
  const given = new Map<string, string[]>()
  const problems: Problem[] = []
  const strays: string[] = []
  let unknownAt = -2
  for (const token of tokens) {
    // What follows an unknown option may be its value.
    if (token.kind === 'positional' && token.index !== unknownAt + 1) strays.push(token.value)
    if (token.kind !== 'option') continue
    const { name, value, rawName } = token
    const isFlag = flags.some((flag) => flag === name)
    if (!isFlag && !valued.includes(name)) {
      unknownAt = token.index
      const nearest = nearestTo(rawName, [...valued, ...flags])
      problems.push(`There is no option ${rawName}.${nearest === null ? '' : ` Did you mean --${nearest}?`}`)
    } else if (isFlag && value !== undefined) problems.push(`--${name} takes no value.`)
    else if (!isFlag && (value === undefined || (!token.inlineValue && value.startsWith('--'))))
      problems.push(`--${name} needs a value.`)
    else given.set(name, [...(given.get(name) ?? []), value ?? ''])
  }
  if (strays.length > 0)
    problems.push(`${listed(strays, (text) => JSON.stringify(text))} belongs to no option. Quote values with spaces.`)
  for (const [name, values] of given)
    if (values.length > 1 && !inputOptions.get(name)?.isList && valued.includes(name))
      problems.push(`--${name} is given ${values.length} times, but has one value.`)

  const choice = <T extends string>(name: string, choices: readonly T[], fallback: T): T => {
    const value = given.get(name)?.at(-1)
    const chosen = value === undefined ? fallback : choices.find((each) => each === value)
    if (chosen === undefined)
      problems.push(`--${name} is ${JSON.stringify(value)}, but it must be one of ${choices.join(', ')}.`)
    return chosen ?? fallback
  }
  return {
    asks: given.has('help') ? 'help' : given.has('version') ? 'version' : 'wait',
    inputs: new Map(
      [...given].flatMap(([name, values]) => (inputOptions.has(name) ? [[name, values.join('\n')]] : [])),
    ),
    output: choice('output', outputFormats, 'none'),
    summaryFile: given.get('summary-file')?.at(-1) ?? '',
    isLiveAllowed: choice('progress', progressModes, 'auto') === 'auto',
    isVerbose: given.has('verbose'),
    problems,
  }
}

/**
 * The environment of a wait with these inputs, in the form in which the checks read them. What an action around this process has there does
 * not count. Paths are relative to the working folder.
 */
export function environmentFor(inputs: ReadonlyMap<string, string>, environment: Environment): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^INPUT_|^GITHUB_WORKSPACE$/.test(name))
  const given = [...inputs].map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const)
  return Object.fromEntries([...kept, ...given])
}
