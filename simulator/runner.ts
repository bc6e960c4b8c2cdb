import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Definition, readDefinition } from '../scripts/check-definition.ts'

export interface RunOptions {
  /** By their names in action.yml. Those left out get its defaults, as in a workflow. */
  inputs?: Record<string, string>
  /** What earlier steps and the job have set, in addition to what the runner sets itself. */
  environment?: Record<string, string>
  /** Gets what the action writes, as it writes it. */
  onOutput?: (text: string, stream: 'stdout' | 'stderr') => void
  /** The folder of action.yml; this repository unless given. */
  action?: string
  /** Runs this file in place of the one that action.yml names. */
  entry?: string
  /** The Node that runs it; the one of this process unless given. */
  node?: string | undefined
}

export interface RunResult {
  /** Null when a signal ended the process. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  outputs: Record<string, string>
  summary: string
  /** What the file in the output `results-file` holds; blank if there is none. */
  resultsFile: string
  /** From the start of the process to its end. */
  durationMs: number
}

export interface Run {
  /** For signals while it runs. */
  child: ChildProcess
  /** Where its outputs are, until it has finished. */
  outputFile: string
  /** @throws Error (as a rejection) when the process could not be started, or its output file is malformed */
  finished: Promise<RunResult>
}

/**
 * Runs a JavaScript action as GitHub's runner does: in a process of its own, with inputs and files in variables,
 * and nothing of the developer's own environment, home folder and AWS settings included.
 */
export async function runAction(options: RunOptions = {}): Promise<Run> {
  const { inputs = {}, environment = {}, onOutput = () => {}, action = resolve(import.meta.dirname, '..') } = options
  const definition = await readDefinition(action)
  const folder = await mkdtemp(join(tmpdir(), 'action-'))
  const files = await createFiles(folder)

  const startedMs = performance.now()
  const child = spawn(options.node || process.execPath, [options.entry ?? join(action, definition.main)], {
    env: {
      ...machineVariables(folder),
      ...jobVariables,
      ...files,
      ...environment,
      ...inputVariables(definition, inputs),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text
      onOutput(text, stream)
    })
  }

  const finish = async (): Promise<RunResult> => {
    const exited = once(child, 'exit').then(() => performance.now() - startedMs)
    const [durationMs] = await Promise.all([exited, once(child, 'close')])
    const outputs = parseOutputs(await readFile(files.GITHUB_OUTPUT, 'utf8'))
    const summary = await readFile(files.GITHUB_STEP_SUMMARY, 'utf8')
    const resultsFile = await readFile(outputs['results-file'] ?? '', 'utf8').catch(() => '')
    const { exitCode, signalCode: signal } = child
    return { exitCode, signal, ...written, outputs, summary, resultsFile, durationMs }
  }
  const finished = finish().finally(() => rm(folder, { recursive: true, force: true }))
  return { child, outputFile: files.GITHUB_OUTPUT, finished }
}

/**
 * Reads the file behind GITHUB_OUTPUT: `name=value`, or `name<<delimiter`, the value's lines, and the delimiter. A line ends with a line
 * feed. On Windows, a carriage return before it belongs to the end of the line.
 *
 * Source: actions/runner, src/Runner.Worker/FileCommandManager.cs.
 *
 * @throws Error where the runner would fail the step
 */
export function parseOutputs(text: string, platform: string = process.platform): Record<string, string> {
  const outputs: Record<string, string> = {}
  const withoutEnd = (line: string) => line.replace(platform === 'win32' ? /\r?\n$/ : /\n$/, '')
  const lines = text.split(/(?<=\n)/)
  for (let next = lines.shift(); next !== undefined; next = lines.shift()) {
    const line = withoutEnd(next)
    if (line === '') continue
    const [, name, mark, rest] = /^(.+?)(=|<<)(.*)$/s.exec(line) ?? []
    if (!name || rest === undefined) throw new Error(`Invalid format '${line}'`)
    if (mark === '=') outputs[name] = rest
    else {
      const end = lines.findIndex((candidate) => withoutEnd(candidate) === rest)
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`)
      outputs[name] = withoutEnd(lines.splice(0, end).join(''))
      lines.shift()
    }
  }
  return outputs
}

/** The files by which an action answers; the runner has them in place before it starts. */
async function createFiles(folder: string) {
  const files = {
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GITHUB_STATE: join(folder, 'state'),
    GITHUB_ENV: join(folder, 'env'),
    GITHUB_PATH: join(folder, 'path'),
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
  }
  await Promise.all(Object.values(files).map((path) => writeFile(path, path.endsWith('.json') ? '{}' : '')))
  return files
}

/** An empty home folder, so that no AWS profile is found there, and what a process needs to start on this system. */
function machineVariables(folder: string): Record<string, string> {
  const home = { HOME: folder, USERPROFILE: folder, RUNNER_TEMP: folder, TMPDIR: folder, TEMP: folder, TMP: folder }
  const kept = Object.entries(process.env).filter(([name]) => /^(PATH|SystemRoot|LANG)$/i.test(name))
  return { ...home, ...Object.fromEntries(kept.map(([name, value = '']) => [name, value])) }
}

const jobVariables = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTION: 'wait',
  GITHUB_ACTOR: 'octocat',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
  GITHUB_JOB: 'deploy',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REPOSITORY: 'octo-org/octo-repo',
  GITHUB_REPOSITORY_OWNER: 'octo-org',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_RUN_ID: '1234567890',
  GITHUB_RUN_NUMBER: '7',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
  GITHUB_WORKFLOW: 'Deploy',
  RUNNER_OS: 'Linux',
}

function inputVariables({ inputs }: Definition, given: Record<string, string>): Record<string, string> {
  // Expressions such as that of the job's token have no value here.
  const defaults = [...inputs].map(([name, value]) => [name, value?.includes('${{') ? '' : (value ?? '')] as const)
  const all = Object.entries({ ...Object.fromEntries(defaults), ...given })
  return Object.fromEntries(all.map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]))
}
