import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'

/** A folder with nothing but the committed command, behind a link as npm makes it. */
export function installed(): { readonly folder: string; readonly file: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'command-'))
  const file = join(folder, 'wait-for-permission-set-provisioning')
  symlinkSync(resolve(import.meta.dirname, '../../dist/command.js'), file)
  return { folder, file, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** What standard input has: a text through a pipe, the path of a file, a pipe that stays open, or nothing at all. */
  readonly input?: { readonly text: string } | { readonly file: string } | 'open' | 'none'
  /** Starts a shell that starts the command and waits for it, as npx does. Signals go to the shell. */
  readonly throughShell?: boolean
  /** How the reader of standard output behaves. */
  readonly reader?: 'quick' | 'slow' | 'never' | 'gone'
}

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly tookMs: number
}

export interface RunningCommand {
  readonly log: () => string
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<Ended>
}

/** Starts the committed command in an empty folder, without the environment of the machine. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const { environment = {}, input = 'none', reader = 'quick', throughShell = false } = options
  const place = installed()
  const file = typeof input === 'object' && 'file' in input ? openSync(input.file, 'r') : null
  const startedMs = performance.now()
  const command = [process.execPath, place.file, ...args]
  const [program = '', ...rest] = throughShell ? ['sh', '-c', '"$@"; exit $?', 'sh', ...command] : command
  const child = spawn(program, rest, {
    cwd: place.folder,
    env: { HOME: place.folder, PATH: process.env['PATH'] ?? '', ...environment },
    stdio: [file ?? (input === 'none' ? 'ignore' : 'pipe'), 'pipe', 'pipe'],
  })
  if (file !== null) closeSync(file)
  if (typeof input === 'object' && 'text' in input) child.stdin?.end(input.text)
  const written = { stdout: '', stderr: '' }
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text
  })
  const read = () =>
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text
    })
  if (reader === 'quick') read()
  else if (reader === 'gone') child.stdout?.destroy()
  else if (reader === 'slow') setTimeout(read, 2_500)
  const end = async (): Promise<Ended> => {
    const [status, signal] = await once(child, 'exit')
    const tookMs = performance.now() - startedMs
    if (reader === 'never') child.stdout?.destroy()
    if (child.stdout?.readable || child.stderr?.readable) await once(child, 'close')
    place[Symbol.dispose]()
    return { status, signal, ...written, tookMs }
  }
  return { log: () => written.stderr, kill: (signal) => void child.kill(signal), ended: end() }
}

/** Runs the command to its end. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return startCommand(args, options).ended
}
