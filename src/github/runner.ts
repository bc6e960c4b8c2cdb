// The entry of @actions/core loads an HTTP client too, which only OIDC needs and which takes a quarter of the time of a short run. Its
// other parts are therefore taken one by one. The package is pinned, and the acceptance tests would tell if they moved.
import { issueCommand } from '../../node_modules/@actions/core/lib/command.js'
import { issueFileCommand, prepareKeyValueMessage } from '../../node_modules/@actions/core/lib/file-command.js'
import { summary } from '../../node_modules/@actions/core/lib/summary.js'
import { forLog } from '../report/escape.ts'
import type { World } from '../run.ts'

/** GitHub's runner, through its toolkit: what the action reads of it, and how it tells it things. */
export function githubRunner(environment: NodeJS.ProcessEnv, write: (text: string) => void): World['runner'] {
  return {
    info: (line) => write(`${line}\n`),
    debug: (message) => issueCommand('debug', {}, forLog(message)),
    notice: (message, { title }) => issueCommand('notice', { title }, message),
    warning: (message, { title }) => issueCommand('warning', { title }, message),
    error: (message, { title }) => issueCommand('error', { title }, message),
    setOutput: (name, value) => issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value)),
    setSecret: (value) => issueCommand('add-mask', {}, value),
    writeSummary: async (markdown) => {
      await summary.addRaw(markdown).write()
    },
    // Present with `permissions: id-token: write`.
    available: Boolean(environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    getIdToken: async (audience) => (await import('@actions/core')).getIDToken(audience),
  }
}
