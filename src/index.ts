// First, because the other modules take a while to load.
import './cancellation.ts'
import { setFlagsFromString } from 'node:v8'
import { runToTheEnd } from './leave.ts'
import { reportDefect, run } from './main.ts'
import { passes } from './requests/verdict.ts'

// V8 doubles its space for young objects while many requests are read, and keeps that space. Without it, 10,000 requests take 100 MB in place
// of 125 (`bench/memory.ts` measures it).
setFlagsFromString('--semi-space-growth-factor=1')

/** Runs the command in this process, to its end. What only the command needs is loaded only here. */
export async function command(args: readonly string[]): Promise<void> {
  const { startCommand } = await import('./command.ts')
  await startCommand(args)
}

/** Runs the action in this process, to its end. */
export async function action(): Promise<void> {
  await runToTheEnd(async () => (passes(await run()) ? 0 : 1), reportDefect, 1)
}

// A runner starts this file as the program. The command's own file imports it. A Node before 24.2 does not say which it is, and only the
// action is started with one: it says that it needs another.
if (import.meta.main !== false) await action()
