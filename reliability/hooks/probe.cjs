// Loaded into the action's process with `--require`: notes now and then how much it holds, after a collection of what it does not.
const { appendFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const { runInNewContext } = require('node:vm')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const startedAt = performance.now()

setInterval(() => {
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const sample = {
    seconds: (performance.now() - startedAt) / 1_000,
    heapUsed,
    rss,
    listeners,
    resources: process.getActiveResourcesInfo(),
  }
  appendFileSync(process.env.PROBE_FILE, `${JSON.stringify(sample)}\n`)
}, 1_000).unref()
