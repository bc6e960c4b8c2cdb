// Loaded into the action's process with `--require`: the signal comes while the action's own code is still being loaded.
const Module = require('node:module')

const load = Module._load
Module._load = function loadAfterSignal(request, ...rest) {
  if (/^(node:)?https$/.test(request)) {
    Module._load = load
    process.kill(process.pid, process.env.SIGNAL_WHILE_LOADING)
  }
  return load.call(this, request, ...rest)
}
