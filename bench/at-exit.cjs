// Loaded into a measured process with `--require`. It is plain JavaScript, so that it costs almost no time there.
const { writeFileSync } = require('node:fs')

process.on('exit', () => {
  const peakBytes = process.resourceUsage().maxRSS * 1024
  // Pipes are the process's own output.
  const open = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
  writeFileSync(process.env.AT_EXIT_FILE, JSON.stringify({ peakBytes, open }))
})
