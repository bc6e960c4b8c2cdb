import { setFlagsFromString } from 'node:v8'
import { leave } from './leave.ts'
import { run } from './main.ts'
import { passes } from './polling/verdict.ts'
import { systemClock } from './system-clock.ts'

// V8 doubles its space for young objects while many requests are read, and keeps that space. Without it, 10,000 requests take 100 MB in place
// of 125 (`npm run bench -- --only memory`).
setFlagsFromString('--semi-space-growth-factor=1')

const verdict = await run()
await leave(process, systemClock, passes(verdict) ? 0 : 1)
