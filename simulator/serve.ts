import { appendFile } from 'node:fs/promises'
import { explain, parseServeOptions, simulatorHelp } from './options.ts'
import { type Call, type Simulator, startSimulator } from './simulator.ts'

const help = `npm run simulator -- [options]

Serves a local IAM Identity Center until it is interrupted.
${simulatorHelp}
  --verbose           show each call
  --variables PATH    append the variables that lead an SDK and the AWS CLI here, as NAME=value, to a file such as $GITHUB_ENV

  npm run simulator -- --port 4599 --seconds 30
  npm run simulator -- --port 4599 --fail --verbose`

async function main(): Promise<number> {
  const command = parseServeOptions(process.argv.slice(2))
  if (command.help) {
    console.log(help)
    return 0
  }
  const simulator = await startSimulator(command.simulator, command.verbose ? showCall : undefined)
  if (command.variablesFile !== undefined) await appendFile(command.variablesFile, variablesOf(simulator))
  console.log(describe(simulator, simulator.start(command.plan, command.requests)))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => simulator.close())
  return 0
}

function showCall({ at, operation, requestId, outcome }: Call): void {
  console.log([`${(at / 1000).toFixed(3)} s`, operation, requestId, outcome].filter(Boolean).join('  '))
}

/** Variables of the SDKs, and those that a workflow needs beyond them. */
function variablesOf(simulator: Simulator): string {
  const variables = {
    ...simulator.environment(),
    // Version 1 of the AWS CLI knows only this name.
    AWS_DEFAULT_REGION: simulator.region,
    INSTANCE_ARN: simulator.instanceArn,
    PERMISSION_SET_ARN: simulator.permissionSetArn,
    ROLE_ARN: simulator.roleArn,
    OIDC_URL: simulator.oidc.url,
    OIDC_REQUEST_TOKEN: simulator.oidc.requestToken,
  }
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function describe(simulator: Simulator, requestIds: string[]): string {
  return `Clients need these variables, and no AWS_SESSION_TOKEN:

${variablesOf(simulator)}
${requestIds.map((requestId) => `Request ID  ${requestId}\n`).join('')}
Start a provisioning, then ask how it goes (with the RequestId of the first answer):

aws sso-admin provision-permission-set --instance-arn $INSTANCE_ARN --permission-set-arn $PERMISSION_SET_ARN --target-type ALL_PROVISIONED_ACCOUNTS

aws sso-admin describe-permission-set-provisioning-status --instance-arn $INSTANCE_ARN --provision-permission-set-request-id ${requestIds[0] ?? 'REQUEST_ID'}

Ctrl+C ends it.`
}

process.exitCode = await main().catch(explain)
