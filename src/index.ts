import { setFlagsFromString } from 'node:v8'
import { leave } from './leave.ts'
import { reportDefect, run } from './main.ts'
import { passes } from './requests/verdict.ts'
import { systemClock } from './system-clock.ts'

// V8 doubles its space for young objects while many requests are read, and keeps that space. Without it, 10,000 requests take 100 MB in place
// of 125 (`npm run bench -- --only memory`).
setFlagsFromString('--semi-space-growth-factor=1')

// What nobody awaits can throw too, and what is preloaded can end the process.
let isReported = false
const fail = (error: unknown) => {
  if (isReported) return
  isReported = true
  process.exitCode = 1
  reportDefect(error)
}
process.on('uncaughtException', (error) => {
  fail(error)
  leave(process, systemClock, 1)
})
process.on('exit', () => fail(new Error('the process ended before its report')))

const verdict = await run()
isReported = true
await leave(process, systemClock, passes(verdict) ? 0 : 1)
