// Loaded into the action's process with `--require`: every function of the module DEFECT_IN, as in `report/summary.ts`, throws, and notes in
// DEFECT_FILE that it was called. For a process that runs src/, where modules are still apart.
const { readFileSync } = require('node:fs')
const { registerHooks } = require('node:module')
const { fileURLToPath } = require('node:url')

globalThis.broken = (value) =>
  typeof value === 'function'
    ? function defect() {
        require('node:fs').appendFileSync(process.env.DEFECT_FILE, 'called\n')
        throw new TypeError('a defect of the test\n::error::x')
      }
    : value

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(`/src/${process.env.DEFECT_IN}`)) return nextLoad(url, context)
    const text = readFileSync(fileURLToPath(url), 'utf8')
    const own = [...text.matchAll(/^export (?:async )?(?:function\*? |class |const )(\w+)/gm)].map(([, name]) => name)
    const passedOn = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names]) => names.split(','))
    const names = [...own, ...passedOn.map((name) => name.trim()).filter((name) => /^\w+$/.test(name))]
    const exports = names.map((name) => `export const ${name} = broken(real.${name})`)
    const source = [`import * as real from ${JSON.stringify(`${url}?real`)}`, ...exports].join('\n')
    return { format: 'module', shortCircuit: true, source }
  },
})
