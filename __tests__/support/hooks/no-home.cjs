// Loaded into the action's process with `--require`: its user has no home directory, as in a container that runs under a made-up user ID.
const { syncBuiltinESMExports } = require('node:module')
const os = require('node:os')

delete process.env.HOME
delete process.env.USERPROFILE
os.homedir = () => {
  const message = 'A system error occurred: uv_os_homedir returned ENOENT (no such file or directory)'
  throw Object.assign(new Error(message), { name: 'SystemError', code: 'ERR_SYSTEM_ERROR', syscall: 'uv_os_homedir' })
}
syncBuiltinESMExports()
