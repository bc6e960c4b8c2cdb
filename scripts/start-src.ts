import { parseDemo, startDemo } from '../simulator/demo-options.ts'
import { command } from '../src/index.ts'

// Runs the command from src/ against a simulator, both in this process, so that a debugger stops at breakpoints in src/, and no build is
// needed. Takes the options of `npm start`.

const { args, environment } = await startDemo(parseDemo(process.argv.slice(2)))
Object.assign(process.env, environment)
await command(args)
