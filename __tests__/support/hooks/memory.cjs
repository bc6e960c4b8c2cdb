// Loaded into the action's process with `--require`: writes to MEMORY_FILE how much memory it has held at most, in MB.
const { writeFileSync } = require('node:fs')

const note = () => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS / 1024))
setInterval(note, 100).unref()
process.on('exit', note)
