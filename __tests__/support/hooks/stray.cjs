// Loaded into the action's process with `--require`: something that the action does not await goes wrong while it waits, or ends the process.
const error = () => new Error('a stray error\n::error::x')
const ways = {
  throws: () => {
    throw error()
  },
  rejects: () => Promise.reject(error()),
  exits: () => process.exit(0),
}
setTimeout(ways[process.env.STRAY], 700)
