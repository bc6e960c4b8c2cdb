// Loaded into the action's process with `--require`: the program of Node was deleted after it was started.
process.execPath = '/nonexistent/node'
