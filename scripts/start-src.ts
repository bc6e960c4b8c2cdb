import { parseDemoOptions } from '../simulator/options.ts'
import { startSimulator } from '../simulator/simulator.ts'

// Runs src/ against a simulator, both in this process, so that a debugger stops at breakpoints in src/, and no build is needed. Takes the
// options of `npm start`. There is no file for outputs, so the outputs are in the log.

const { inputs, plan, requests, simulator: options } = parseDemoOptions(process.argv.slice(2))
const simulator = await startSimulator(options)
const requestIds = simulator.start(plan, requests)

const given = { ...inputs, 'instance-arn': simulator.instanceArn, 'request-id': requestIds.join() }
Object.assign(process.env, simulator.environment())
for (const [name, value] of Object.entries(given)) process.env[`INPUT_${name.toUpperCase()}`] = value
await import('../src/index.ts')
