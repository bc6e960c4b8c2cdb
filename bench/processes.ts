import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { folderWith } from '../__tests__/support/folder.ts'
import { runAction } from '../simulator/runner.ts'
import type { Simulator } from '../simulator/simulator.ts'

const hook = resolve(import.meta.dirname, 'at-exit.cjs')

/** What a process knows about itself when it ends. */
interface AtExit {
  /** Its largest resident memory. */
  readonly peakBytes: number
  /** The sockets and timers that are still open, by their names in Node. */
  readonly open: readonly string[]
}

export interface ObservedRun extends AtExit {
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
export async function observeAction(
  simulator: Simulator,
  inputs: Record<string, string>,
  verdict = 'succeeded',
): Promise<ObservedRun> {
  await using folder = await folderWith()
  const file = join(folder.path, 'at-exit.json')
  const run = await runAction({
    inputs: { 'instance-arn': simulator.instanceArn, ...inputs },
    environment: { ...simulator.environment(), NODE_OPTIONS: `--require=${hook}`, AT_EXIT_FILE: file },
  })
  const goneAt = once(run.child, 'exit').then(() => Date.now())
  const { outputs, stderr, stdout } = await run.finished
  if (outputs['verdict'] !== verdict) throw new Error(`Not ${verdict}: ${stdout}${stderr}`)
  const atExit: AtExit = JSON.parse(await readFile(file, 'utf8'))
  return { ...atExit, goneAt: await goneAt }
}
