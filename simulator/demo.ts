import { type DemoCommand, parseDemoOptions, simulatorHelp, UsageError } from './options.ts'
import { type RunOptions, type RunResult, runAction } from './runner.ts'
import { createRunnerLog } from './runner-log.ts'
import { type Simulator, startSimulator } from './simulator.ts'

const help = `npm start [-- options]

Runs the action as GitHub's runner does, and shows its log, its outputs and its job summary. Its exit code is the action's.

Without --instance-arn and --request-id, a simulator of IAM Identity Center is started, with requests to wait for:
${simulatorHelp}
  --role-to-assume    get credentials from the simulator's OIDC tokens and STS, in place of an access key

  npm start
  npm start -- --accounts 120 --seconds 20
  npm start -- --fail --reason 'Received a 404 status error: Assignment not found.'
  npm start -- --requests 3 --throttle 2 --operation create-account-assignment

With both, it waits for requests at AWS itself, with your own credentials and Region; it only reads there:

  npm start -- --instance-arn arn:aws:sso:::instance/ssoins-1234567890abcdef --request-id 11112222-3333-4444-5555-666677778888

Either way, these inputs are handed to the action as they are:

  --aws-region, --operation, --timeout-minutes, --poll-interval-seconds, --wait`

async function main(): Promise<void> {
  const command = parseDemoOptions(process.argv.slice(2))
  if (command.help) return console.log(help)
  if (command.againstAws) return show({ inputs: command.inputs, environment: ambientEnvironment() })

  const simulator = await startSimulator(command.simulator)
  try {
    await show(simulatedJob(command, simulator))
  } finally {
    await simulator.close()
  }
}

/** The step of a job whose earlier step has started requests in the simulator. */
function simulatedJob({ inputs, plan, requests, assumesRole }: DemoCommand, simulator: Simulator): RunOptions {
  const target = { 'instance-arn': simulator.instanceArn, 'request-id': simulator.start(plan, requests).join('\n') }
  return assumesRole
    ? {
        inputs: { ...inputs, ...target, 'role-to-assume': simulator.roleArn },
        environment: simulator.oidcEnvironment(),
      }
    : { inputs: { ...inputs, ...target }, environment: simulator.environment() }
}

/** What leads to the caller's own AWS account. */
function ambientEnvironment(): Record<string, string> {
  const wanted = /^(AWS_.*|HOME|USERPROFILE|(HTTPS?|NO)_PROXY|NODE_EXTRA_CA_CERTS)$/i
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      wanted.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  )
}

async function show(options: RunOptions): Promise<void> {
  const log = createRunnerLog()
  const onOutput = (text: string, stream: 'stdout' | 'stderr') => process[stream].write(log(text))
  const { child, finished } = await runAction({ ...options, onOutput })
  // A terminal sends Ctrl+C to both processes: this one stays, to show what the action made of it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const result = await finished
  console.log(report(result))
  process.exitCode = result.exitCode ?? 1
}

function report({ outputs, summary, exitCode, signal, durationMs }: RunResult): string {
  const width = Math.max(0, ...Object.keys(outputs).map((name) => name.length))
  const lines = Object.entries(outputs).map(
    ([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
  )
  return `
--- Outputs ---

${lines.join('\n')}

--- Job summary ---

${summary.trim()}

--- Exit code ${exitCode ?? signal}, after ${(durationMs / 1000).toFixed(2)} s ---`
}

main().catch((error: Error) => {
  const hasOwnWords = error instanceof UsageError || 'code' in error
  console.error(hasOwnWords ? error.message : error)
  process.exitCode = 2
})
