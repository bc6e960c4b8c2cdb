import type { DemoCommand } from './demo-options.ts'
import type { RunOptions } from './runner.ts'
import type { Simulator, SimulatorOptions } from './simulator.ts'

/** The simulator that a demonstration needs. A rollout has a permission set for each of its requests. */
export function simulatorFor({ behind, requests, rollout, simulator }: DemoCommand): SimulatorOptions {
  if (!rollout) return simulator
  const state = behind === undefined ? {} : { behind }
  const permissionSets = Array.from({ length: requests }, (_, index) => ({ name: `Team${index + 1}Access`, ...state }))
  return { ...simulator, permissionSets }
}

/** The step of a job whose earlier step has started requests in the simulator. */
export function simulatedJob(command: DemoCommand, simulator: Simulator): RunOptions {
  const { inputs, assumesRole } = command
  const given = { ...inputs, 'instance-arn': simulator.instanceArn, ...startedIn(command, simulator) }
  return assumesRole
    ? { inputs: { ...given, 'role-to-assume': simulator.roleArn }, environment: simulator.oidcEnvironment() }
    : { inputs: given, environment: { ...simulator.environment(), ...sessionIn(command, simulator) } }
}

/** Starts the requests, and says what the step has as inputs to wait for them. */
function startedIn(
  { behind, inputs, plan, requests, rollout }: DemoCommand,
  simulator: Simulator,
): Record<string, string> {
  if (!rollout) {
    const requestIds = simulator.start(plan, requests)
    return inputs['until'] === 'idle' ? {} : { 'request-id': requestIds.join('\n') }
  }
  const arns = [...simulator.instance.permissionSets.keys()]
  if (behind === undefined) {
    simulator.start(arns.map((permissionSetArn, index) => ({ ...plan(index), permissionSetArn })))
  }
  return inputs['until'] === 'idle' ? {} : { 'permission-set-arn': arns.join('\n') }
}

/** Temporary credentials, if they are to end at some time. */
function sessionIn({ simulator: { sessionSeconds } }: DemoCommand, simulator: Simulator): Record<string, string> {
  if (sessionSeconds === undefined) return {}
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.issueCredentials(sessionSeconds)
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken }
}
