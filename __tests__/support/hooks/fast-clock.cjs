// Loaded into the action's process with `--require`: its clocks and timers run CLOCK_SPEED times as fast as the machine's. The time of day
// is that of the simulator, which runs as fast since CLOCK_ORIGIN.
const { syncBuiltinESMExports } = require('node:module')
const net = require('node:net')
const timers = require('node:timers')
const timersPromises = require('node:timers/promises')

const speed = Number(process.env.CLOCK_SPEED)
const origin = Number(process.env.CLOCK_ORIGIN)
const faster = (ms) => (typeof ms === 'number' ? ms / speed : ms)

for (const name of ['setTimeout', 'setInterval']) {
  const original = timers[name]
  const fast = (callback, ms, ...rest) => original(callback, faster(ms), ...rest)
  Object.defineProperties(fast, Object.getOwnPropertyDescriptors(original))
  globalThis[name] = timers[name] = fast
}
const sleep = timersPromises.setTimeout
timersPromises.setTimeout = (ms, ...rest) => sleep(faster(ms), ...rest)

const { timeout } = AbortSignal
AbortSignal.timeout = (ms) => timeout(Math.round(faster(ms)))

const setSocketTimeout = net.Socket.prototype.setTimeout
net.Socket.prototype.setTimeout = function setTimeout(ms, ...rest) {
  return setSocketTimeout.call(this, faster(ms), ...rest)
}

const RealDate = Date
const now = () => Math.floor(origin + (RealDate.now() - origin) * speed)
globalThis.Date = class FastDate extends RealDate {
  constructor(...values) {
    super(...(values.length === 0 ? [now()] : values))
  }

  static now() {
    return now()
  }
}

const { hrtime } = process
const bigint = hrtime.bigint
process.hrtime = Object.assign((...given) => hrtime(...given), {
  bigint: () => BigInt(Math.round(Number(bigint()) * speed)),
})
const performanceNow = performance.now.bind(performance)
performance.now = () => performanceNow() * speed

syncBuiltinESMExports()
