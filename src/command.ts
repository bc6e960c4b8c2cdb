import { constants } from 'node:os'
import { followNpx, onSecondSignal, receivedSignal } from './cancellation.ts'
import { readRequestFile } from './github/request-file.ts'
import { namesIn } from './inputs/input.ts'
import { type Parsed, right, wrong } from './inputs/parsed.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { runToTheEnd } from './leave.ts'
import { defectIn, prepareCalls, prepareOutput, proxyProblem, version, worldOf } from './prepare.ts'
import { logLine } from './report/log-lines.ts'
import { publish } from './report/publish.ts'
import { tell } from './report/story.ts'
import { passes, type Verdict } from './requests/verdict.ts'
import { act, type World } from './run.ts'
import { systemClock } from './system-clock.ts'
import { commandRunner } from './terminal/command-runner.ts'
import { helpText } from './terminal/help.ts'
import { type CommandLine, environmentFor, parseCommandLine } from './terminal/options.ts'
import { progressText } from './terminal/progress.ts'
import { isLive, liveScreen, plainScreen } from './terminal/screen.ts'
import { hasStandardInput, readStandardInput, tooLate } from './terminal/standard-input.ts'
import { forCommandLine } from './terminal/words.ts'

/** The exit status of each verdict. Wrong options have another than other errors, and a signal has its own. */
const exitStatuses: Readonly<Record<Verdict, number>> = {
  succeeded: 0,
  'in-progress': 0,
  failed: 1,
  incomplete: 3,
  'timed-out': 4,
  error: 5,
  cancelled: 130,
}
const usageStatus = 2

/** Ends what the command has begun to show; set once it has. */
let giveUp = () => {}

/** Runs the command in this process, to its end. */
export async function startCommand(args: readonly string[]): Promise<void> {
  await runToTheEnd(() => run(args), reportDefect, exitStatuses.error)
}

async function run(args: readonly string[]): Promise<number> {
  prepareOutput()
  const commandLine = parseCommandLine(args)
  const isPiped = hasStandardInput()
  const { asks } = commandLine
  if (asks !== 'wait') return print(process.stdout, asks === 'help' ? helpText() : `${version}\n`, 0)
  if (args.length === 0 && !isPiped) return print(process.stderr, helpText(), usageStatus)

  const secrets = prepareCalls()
  const { stderr, stdout, env } = process
  const screen = commandLine.isLiveAllowed && isLive(stderr, env) ? liveScreen(stderr) : plainScreen(stderr)
  process.on('exit', screen.end)
  followNpx(env)
  onSecondSignal((signal) => {
    screen.end()
    // As if there were no handler: at once, whatever the process is doing.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
  const runner = commandRunner({ commandLine, secrets, screen, log: stderr, result: stdout, clock: systemClock })
  giveUp = () => {
    screen.end()
    runner.written()
  }
  const { inputs } = commandLine
  const readsPipe = inputs.get('request-file') === '-' || (isPiped && saysNothing(commandLine))
  const environment = environmentFor(readsPipe ? new Map([...inputs, ['request-file', '-']]) : inputs, env)
  const world: World = {
    ...worldOf(runner, environment, { program: 'command', own: forCommandLine }),
    watch: (state) => {
      const receivedAtMs = systemClock.now()
      screen.follow(() =>
        state.isOver ? null : progressText(state, state.elapsedMs + systemClock.now() - receivedAtMs),
      )
    },
  }
  const startedAtMs = systemClock.now()
  const read = await readOptions(commandLine, readsPipe, world)
  const isTooLate = read === 'too-late'
  const verdict = isTooLate
    ? await publish(tell(tooLate(systemClock.now() - startedAtMs, new Date()), forCommandLine), runner)
    : await act(read, world, startedAtMs)
  screen.end()
  const isLate = (await runner.written()) === 'late'
  if (isLate) runner.error('Its reader takes nothing.', { title: 'The result could not be written whole' })
  const signal = receivedSignal()
  if (verdict === 'cancelled' && signal !== null) return 128 + constants.signals[signal]
  // Half a result must not pass.
  if (isLate && passes(verdict)) return exitStatuses.error
  return verdict === 'error' && !isTooLate && !read.ok ? usageStatus : exitStatuses[verdict]
}

/** Whether no option says what to wait for. One that is blank was meant to. */
function saysNothing({ inputs }: CommandLine): boolean {
  const ofRequests = ['request-id', 'request-file', 'permission-set-arn']
  return inputs.get('until') !== 'idle' && !ofRequests.some((name) => inputs.has(name))
}

/**
 * The options, checked. Standard input is read last, because the command before the pipe may take its time: what is wrong with the other
 * options is said at once.
 */
async function readOptions(
  { inputs, problems }: CommandLine,
  readsPipe: boolean,
  world: World,
): Promise<Parsed<Inputs> | 'too-late'> {
  const { cancel, clock, environment, runner } = world
  const proxy = proxyProblem('Install Node 24.5 or later.')
  const usage = [...problems, ...(proxy === null ? [] : [proxy])]
  if (usage.length === 0 && !readsPipe) return readInputs(environment, await readRequestFile(world))
  const others = readInputs(environment, right('[]'))
  if (usage.length > 0) {
    // Without the option that is misspelt, another may seem to be missing.
    const isGiven = (problem: string) => namesIn([problem]).some((name) => inputs.get(name)?.trim())
    return wrong(...usage, ...(others.ok ? [] : others.problems.filter(isGiven)))
  }
  if (!others.ok) return others

  const startedAtMs = clock.now()
  const silence = 'Reading standard input, through which nothing has come yet. --help shows other ways'
  const onSilence = () => runner.info(logLine(clock.now() - startedAtMs, silence))
  const { timeoutMs: limitMs } = others.value
  const text = await readStandardInput({ stream: process.stdin, clock, limitMs, cancel, onSilence })
  return text === 'too-late' ? text : readInputs(environment, text)
}

function print(stream: NodeJS.WritableStream, text: string, status: number): number {
  stream.write(text)
  return status
}

/** Reports something that was thrown where nothing else could make a report of it. Never throws. */
function reportDefect(error: unknown): void {
  try {
    giveUp()
  } catch {
    // It has the defect itself.
  }
  const { what, places } = defectIn(error)
  const remedy = 'This is a defect of the command. Please report it, with these lines.'
  process.stderr.write([`The command failed unexpectedly (${what}).`, ...places, remedy, ''].join('\n'))
}
