import { parseDemo, simulatorFor, startDemo } from '../simulator/demo-options.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { command } from '../src/index.ts'

// Runs the command from src/ against a simulator, both in this process, so that a debugger stops at breakpoints in src/, and no build is
// needed. Takes the options of `npm start`.

const demo = parseDemo(process.argv.slice(2))
const simulator = await startSimulator(simulatorFor(demo))
const { args, environment } = startDemo(demo, simulator)
Object.assign(process.env, environment)
await command(args)
