// Loaded into the action's process with `--require`: gives it a mount namespace of its own, in which the C library reads RESOLV_CONF in
// place of /etc/resolv.conf. The process keeps its ID, so that signals reach the action.
const { execFileSync } = require('node:child_process')

const { RESOLV_CONF, IN_NAMESPACE } = process.env
if (IN_NAMESPACE) {
  execFileSync('mount', ['--bind', RESOLV_CONF, '/etc/resolv.conf'])
} else {
  const command = ['env', 'unshare', '--mount', process.execPath, ...process.argv.slice(1)]
  process.execve('/usr/bin/env', command, { ...process.env, IN_NAMESPACE: 'true' })
}
