// Loaded into the action's process with `--require`: notes now and then how much it holds, after a collection of what it does not.
const { appendFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const { runInNewContext } = require('node:vm')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

setInterval(() => {
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const sample = { heapUsed, rss, listeners, resources: process.getActiveResourcesInfo() }
  appendFileSync(process.env.PROBE_FILE, `${JSON.stringify(sample)}\n`)
}, 3_000).unref()
