import { ofTheAction } from './aws/errors/context.ts'
import { githubRunner } from './github/runner.ts'
import { defect, reportPlainly } from './plain-report.ts'
import { defectIn, prepareCalls, prepareOutput, proxyProblem, worldOf } from './prepare.ts'
import { notAsked } from './report/outcome.ts'
import { publish } from './report/publish.ts'
import { tell } from './report/story.ts'
import type { Verdict } from './requests/verdict.ts'
import { run as runIn } from './run.ts'

/** What `runs.using` in action.yml names. */
const leastNode = 24

/**
 * Runs the action in this process, and leaves the process to its caller: to the entry, or to @github/local-action, GitHub's debugger, which
 * wants a function of this name. Never rejects: whatever is thrown ends in a report.
 */
export function run(): Promise<Verdict> {
  return start().catch(reportDefect)
}

async function start(): Promise<Verdict> {
  prepareOutput()
  if (Number.parseInt(process.versions.node, 10) < leastNode) return refuseNode()
  const runner = await githubRunner(process.env, prepareCalls(), write)
  const problem = proxyProblem('Update the runner to version 2.328.0 or later, which has Node 24.5.')
  if (problem !== null) return publish(tell(notAsked(new Date(), { verdict: 'error', problems: [problem] })), runner)
  return runIn(worldOf(runner, process.env, ofTheAction))
}

/** GitHub's runner starts the Node that action.yml names. act starts the one on its PATH, with which the report would fail too. */
function refuseNode(): Verdict {
  const text = `This action needs Node ${leastNode}, but was started with Node ${process.versions.node}. Install Node ${leastNode} where act finds it: on the PATH, or in its image.`
  return report(`Node ${leastNode} is needed`, text)
}

/** Reports something that was thrown where nothing else could make a report of it. Where it was thrown goes to the debug log. Never throws. */
export function reportDefect(error: unknown): Verdict {
  const { what, places } = defectIn(error)
  if (places.length > 0) write(`::debug::${what}: ${places.join(' ')}\n`)
  return report(defect.title, `${defect.title} (${what}). ${defect.remedy}`)
}

function report(title: string, message: string): Verdict {
  reportPlainly(title, message, process.env['GITHUB_OUTPUT'] ?? '', write)
  return 'error'
}

function write(text: string): void {
  process.stdout.write(text)
}
