import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseDemo, startDemo } from './demo-options.ts'
import { explain, simulatorHelp } from './options.ts'

const help = `npm start [-- options]

Runs the command of this repository, as npx runs that of a release. Without an option that names what is at AWS, it starts a simulator of
IAM Identity Center and requests to wait for. These options are for the simulator; all others are the command's own:
${simulatorHelp}
  --rollout           do not give the request IDs: the command finds what is in progress for the permission sets, one for each request
  --behind N          N accounts of the permission set are out of date, and nothing is in progress

  npm start
  npm start -- --accounts 120 --seconds 20
  npm start -- --rollout --requests 3
  npm start -- --behind 2 --wait false
  npm start -- --until idle --requests 3
  npm start -- --fail --reason 'Received a 404 status error: Assignment not found.'
  npm start -- --requests 3 --throttle 2 --operation create-account-assignment
  npm start -- --session 3                      the credentials expire
  npm start -- --replica                        not the primary Region

At AWS itself, with your own credentials and Region; it only reads there:

  npm start -- --permission-set-arn arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef

The command's own help:
`

async function main(): Promise<number> {
  const demo = parseDemo(process.argv.slice(2))
  if (demo.help) {
    console.log(help)
    return runCommand(['--help'], process.env)
  }
  if (demo.againstAws) return runCommand(demo.args, process.env)

  const { args, environment, simulator } = await startDemo(demo)
  await using _ = simulator
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  return await runCommand(args, { ...Object.fromEntries(own), ...environment })
}

/** Runs the built command in this terminal. @returns its exit status */
async function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const file = join(import.meta.dirname, '../dist/command.js')
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit', env: environment })
  // A terminal sends Ctrl+C to both processes: this one stays, so that the simulator answers until the command has ended.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [status] = await once(child, 'exit')
  return typeof status === 'number' ? status : 1
}

process.exitCode = await main().catch(explain)
