import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type RunResult, runAction } from '../simulator/runner.ts'
import type { Simulator } from '../simulator/simulator.ts'

const hook = resolve(import.meta.dirname, 'at-exit.cjs')

/** What a process knows about itself when it ends. */
export interface AtExit {
  /** Its largest resident memory. */
  readonly peakBytes: number
  /** The sockets and timers that are still open, by their names in Node. */
  readonly open: readonly string[]
}

export interface ObservedRun extends RunResult, AtExit {
  /** When the process had ended, in milliseconds since 1970. */
  readonly goneAt: number
}

/**
 * The time from the start of a process to its end, in milliseconds.
 *
 * @throws Error when it does not exit with 0
 */
export async function timeProcess(command: string, args: readonly string[], env = process.env): Promise<number> {
  const startedMs = performance.now()
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  await once(child, 'exit')
  const durationMs = performance.now() - startedMs
  if (child.exitCode !== 0) throw new Error(`${command} exited with ${child.exitCode}`)
  return durationMs
}

/**
 * Runs the committed `dist/` against a simulator, with a hook that reports about its process.
 *
 * @throws Error when it ends with another verdict
 */
export function observeAction(
  simulator: Simulator,
  inputs: Record<string, string>,
  verdict = 'succeeded',
): Promise<ObservedRun> {
  return withHook(async (environment) => {
    const run = await runAction({
      inputs: { 'instance-arn': simulator.instanceArn, ...inputs },
      environment: { ...simulator.environment(), ...environment },
    })
    const goneAt = once(run.child, 'exit').then(() => Date.now())
    const result = await run.finished
    if (result.outputs['verdict'] !== verdict) throw new Error(`Not ${verdict}: ${result.stdout}${result.stderr}`)
    return { ...result, goneAt: await goneAt }
  })
}

/** The same for Node running nothing. */
export function observeBareNode(): Promise<AtExit> {
  return withHook(async (environment) => {
    await timeProcess(process.execPath, ['-e', '0'], { ...process.env, ...environment })
    return {}
  })
}

async function withHook<T>(task: (environment: Record<string, string>) => Promise<T>): Promise<T & AtExit> {
  const folder = await mkdtemp(join(tmpdir(), 'at-exit-'))
  const file = join(folder, 'at-exit.json')
  try {
    const result = await task({ NODE_OPTIONS: `--require=${hook}`, AT_EXIT_FILE: file })
    const atExit: AtExit = JSON.parse(await readFile(file, 'utf8'))
    return { ...result, ...atExit }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
