import { simulatedJob, simulatorFor } from '../simulator/demo-job.ts'
import { parseDemoOptions } from '../simulator/demo-options.ts'
import { startSimulator } from '../simulator/simulator.ts'

// Runs src/ against a simulator, both in this process, so that a debugger stops at breakpoints in src/, and no build is needed. Takes the
// options of `npm start`. There is no file for outputs, so the outputs are in the log.

const command = parseDemoOptions(process.argv.slice(2))
const simulator = await startSimulator(simulatorFor(command))

const { environment, inputs = {} } = simulatedJob(command, simulator)
Object.assign(process.env, environment)
for (const [name, value] of Object.entries(inputs)) process.env[`INPUT_${name.toUpperCase()}`] = value
await import('../src/index.ts')
