import { simulatedJob, simulatorFor } from './demo-job.ts'
import { parseDemoOptions } from './demo-options.ts'
import { simulatorHelp, UsageError } from './options.ts'
import { type RunOptions, type RunResult, runAction } from './runner.ts'
import { createRunnerLog } from './runner-log.ts'
import { startSimulator } from './simulator.ts'
import { outputsText, paintTerminal, summaryText } from './terminal.ts'

const help = `npm start [-- options]

Runs the action as GitHub's runner does, and shows its log, its outputs and its job summary. Its exit code is the action's.

Without --instance-arn, a simulator of IAM Identity Center is started, with requests to wait for:
${simulatorHelp}
  --rollout           do not give the request IDs: the action finds what is in progress for the permission sets, one for each request
  --behind N          N accounts of the permission set are behind, and nothing is in progress
  --role-to-assume    get credentials from the simulator's OIDC tokens and STS, in place of an access key

  npm start
  npm start -- --accounts 120 --seconds 20
  npm start -- --rollout --requests 3
  npm start -- --behind 2 --wait false
  npm start -- --until idle --requests 3
  npm start -- --fail --reason 'Received a 404 status error: Assignment not found.'
  npm start -- --requests 3 --throttle 2 --operation create-account-assignment
  npm start -- --session 3                      the credentials expire
  npm start -- --session 3 --role-to-assume     the action renews them
  npm start -- --replica                        not the primary Region

With it, it waits at AWS itself, with your own credentials and Region; it only reads there. Add --request-id, --permission-set-arn or --until idle:

  npm start -- --instance-arn arn:aws:sso:::instance/ssoins-1234567890abcdef --request-id 11112222-3333-4444-5555-666677778888

Either way, these inputs are handed to the action as they are:

  --aws-region, --operation, --until, --timeout-minutes, --poll-interval-seconds, --wait

Colours are for terminals only. NO_COLOR=1 turns them off.`

async function main(): Promise<void> {
  const command = parseDemoOptions(process.argv.slice(2))
  if (command.help) return console.log(help)
  if (command.againstAws) return show({ inputs: command.inputs, environment: ambientEnvironment() })

  const simulator = await startSimulator(simulatorFor(command))
  try {
    await show(simulatedJob(command, simulator))
  } finally {
    await simulator.close()
  }
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
  const log = createRunnerLog(paintTerminal)
  const onOutput = (text: string, stream: 'stdout' | 'stderr') => process[stream].write(log(text))
  const { child, finished } = await runAction({ ...options, onOutput })
  // A terminal sends Ctrl+C to both processes: this one stays, to show what the action made of it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const result = await finished
  console.log(report(result))
  process.exitCode = result.exitCode ?? 1
}

/** What the action has left behind. A file gets the job summary as it is. */
function report({ outputs, summary, exitCode, signal, durationMs }: RunResult): string {
  const title = (text: string) => paintTerminal('dim', `--- ${text} ---`)
  return `
${title('Outputs')}

${outputsText(outputs, paintTerminal)}

${title('Job summary')}

${process.stdout.isTTY ? summaryText(summary, paintTerminal) : summary.trim()}

${title(`Exit code ${exitCode ?? signal}, after ${(durationMs / 1000).toFixed(2)} s`)}`
}

main().catch((error: Error) => {
  const hasOwnWords = error instanceof UsageError || 'code' in error
  console.error(hasOwnWords ? error.message : error)
  process.exitCode = 2
})
