// Loaded into the action's process with `--require`: the folder in which the process was started is deleted.
const { mkdtempSync, rmdirSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const folder = mkdtempSync(join(tmpdir(), 'gone-'))
process.chdir(folder)
rmdirSync(folder)
