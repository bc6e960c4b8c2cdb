// Loaded into the action's process with `--require`: the file GITHUB_EVENT_PATH is on a share that is gone. Whoever asks for it takes a thread
// of Node that never returns: it opens SILENT_FIFO, to which nobody ever writes.
const { syncBuiltinESMExports } = require('node:module')
const files = require('node:fs/promises')

for (const name of ['stat', 'readFile']) {
  const original = files[name]
  files[name] = (path, ...rest) =>
    path === process.env.GITHUB_EVENT_PATH ? files.open(process.env.SILENT_FIFO) : original(path, ...rest)
}
syncBuiltinESMExports()
