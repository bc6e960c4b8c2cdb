// Loaded into the action's process with `--require`: a function of Node throws an error that quotes secrets.
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

/** `{ places, quotes }`: the functions, and what their errors say. */
const { places, quotes } = JSON.parse(process.env.THROWS)
for (const place of places) {
  const [owner, name] = {
    random: [Math, 'random'],
    write: [fs, 'writeFileSync'],
    append: [fs, 'appendFileSync'],
  }[place]
  const original = owner[name]

  owner[name] = (...args) => {
    // `appendFileSync` calls `writeFileSync`, and writes the outputs too; only the summary begins with a heading.
    if (place === 'write' && !String(args[0]).includes('permission-set-results')) return original(...args)
    if (place === 'append' && !String(args[1]).startsWith('## ')) return original(...args)
    throw new TypeError(`${name} failed\n${quotes.join('\n')}`, { cause: new Error(quotes.join(' ')) })
  }
}
syncBuiltinESMExports()
