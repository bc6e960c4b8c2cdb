import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunResult, runAction } from '../simulator/runner.ts'

/** A copy of the committed action, so that a build meanwhile changes nothing under way. */
export interface ActionCopy extends AsyncDisposable {
  readonly folder: string
}

export async function copyAction(): Promise<ActionCopy> {
  const repository = resolve(import.meta.dirname, '..')
  const folder = await mkdtemp(join(tmpdir(), 'reliability-'))
  for (const part of ['action.yml', 'dist']) await cp(join(repository, part), join(folder, part), { recursive: true })
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

export interface StepOptions {
  readonly action: string
  readonly inputs: Record<string, string>
  readonly environment: Record<string, string>
  /** What may pass until it is killed. */
  readonly patienceMs: number
}

/** A step that has ended. */
export interface EndedStep extends RunResult {
  /** From the first signal to the end; `null` where there was none. */
  readonly goneAfterMs: number | null
  /** Whether it had to be killed. */
  readonly killed: boolean
}

/** A step under way. */
export interface RunningStep {
  readonly written: string
  signal(name: 'SIGINT' | 'SIGTERM'): void
  readonly finished: Promise<EndedStep>
}

/** Runs the action as the runner does, with debug logging on. */
export async function startStep({ action, inputs, environment, patienceMs }: StepOptions): Promise<RunningStep> {
  let written = ''
  const { child, finished } = await runAction({
    action,
    inputs,
    environment: { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true', ...environment },
    onOutput: (text) => {
      written += text
    },
  })
  let killed = false
  const impatience = setTimeout(() => {
    killed = true
    child.kill('SIGKILL')
  }, patienceMs)
  let signalledAt: number | null = null
  let exitedAt = 0
  child.once('exit', () => {
    exitedAt = performance.now()
    clearTimeout(impatience)
  })
  return {
    get written() {
      return written
    },
    signal(name) {
      signalledAt ??= performance.now()
      child.kill(name)
    },
    finished: finished.then((result) => ({
      ...result,
      killed,
      goneAfterMs: signalledAt === null ? null : exitedAt - signalledAt,
    })),
  }
}

/** Waits until something is so. @throws Error when it does not come about within so many seconds */
export async function until(condition: () => boolean, seconds = 30): Promise<void> {
  const giveUpAt = performance.now() + seconds * 1_000
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`Not so within ${seconds} s: ${condition}`)
    await sleep(5)
  }
}
