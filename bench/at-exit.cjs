// Loaded into a measured process with `--require`: plain JavaScript, so that it costs next to nothing there.
const { writeFileSync } = require('node:fs')

let drained = false
// Told only when nothing is left that could keep the process alive, and not when `process.exit` ends it.
process.on('beforeExit', () => {
  drained = true
})
process.on('exit', () => {
  const peakBytes = process.resourceUsage().maxRSS * 1024
  writeFileSync(process.env.AT_EXIT_FILE, JSON.stringify({ peakBytes, drained }))
})
