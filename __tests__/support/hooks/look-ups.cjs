// Loaded into the action's process with `--require`: names resolve as a schedule says, all of them to this machine or to nothing.
const dns = require('node:dns')

/** `{ code, failures: [[fromMs, untilMs], …] }`: when, from the first look-up on, one fails, and how; never unless given. */
const { code, failures } = JSON.parse(process.env.LOOK_UPS ?? '{ "failures": [] }')
let firstAt
const { lookup } = dns

dns.lookup = (hostname, options, callback = options) => {
  if (/^[\d.:]+$/.test(hostname)) return lookup(hostname, options, callback)
  firstAt ??= performance.now()
  const now = performance.now() - firstAt
  const fails = failures.some(([from, until]) => now >= from && now < (until ?? Infinity))
  process.nextTick(() => {
    if (fails) {
      callback(
        Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), {
          code,
          errno: -3008,
          syscall: 'getaddrinfo',
          hostname,
        }),
      )
    } else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  })
}
