import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import MarkdownIt from 'markdown-it'
import { folderWith } from '../__tests__/support/folder.ts'
import { runAction } from '../simulator/runner.ts'
import { startSimulator } from '../simulator/simulator.ts'

// Draws docs/job-summary.png: the job summary of a failed provisioning, as GitHub shows it. Needs Chromium on the PATH, or
// its path in CHROMIUM. On Debian and Ubuntu: apt-get install chromium fonts-noto-color-emoji.

/** About the width of a job summary on GitHub, on the screen of a laptop. */
const width = 1012

const style = `
  body { margin: 0; width: ${width}px; box-sizing: border-box; padding: 24px; color: #1f2328; }
  body { font: 14px/1.5 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; }
  h2 { font-size: 21px; margin: 0 0 16px; padding-bottom: 6px; border-bottom: 1px solid #d1d9e0; }
  h3 { font-size: 17.5px; margin: 24px 0 16px; }
  p, ul, table, pre, blockquote { margin: 0 0 16px; }
  a { color: #0969da; }
  blockquote { padding: 0 14px; color: #59636e; border-left: 3px solid #d1d9e0; }
  table { border-collapse: collapse; }
  th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
  code, pre { font: 85% 'Liberation Mono', Menlo, monospace; background: #f1f2f4; border-radius: 6px; }
  code { padding: 2px 5px; }
  pre { padding: 14px; }
`

/** A failure reason that AWS is known to give. */
const failureReason =
  'Received a 404 status error: Not supported policy arn:aws:iam::aws:policy/job-function/DatabaseAdministratr.'

const picture = resolve(import.meta.dirname, '../docs/job-summary.png')
await using folder = await folderWith()
const page = await folder.write(pageOf(await summaryOfFailedDeploy()), 'page.html')
const dom = await chromium(page, '--dump-dom')
const height = /<title>(\d+)<\/title>/.exec(dom)?.[1]
await chromium(page, `--window-size=${width},${height}`, `--screenshot=${picture}`)
console.log(`${picture}: ${(await readFile(picture)).length} bytes`)

/** The job summary that the committed action writes for a provisioning that has failed in two of five accounts. */
async function summaryOfFailedDeploy(): Promise<string> {
  await using simulator = await startSimulator({ accounts: 5 })
  const [requestId = ''] = simulator.start({
    ageSeconds: 40,
    seconds: 34,
    status: 'FAILED',
    failureReason,
    accountsBehind: 2,
  })
  const inputs = { 'instance-arn': simulator.instanceArn, 'request-id': requestId }
  const run = await runAction({ inputs, environment: simulator.environment() })
  const { summary, outputs, stdout, stderr } = await run.finished
  if (outputs['verdict'] !== 'failed') throw new Error(`The deploy was to fail, but:\n${stdout}${stderr}`)
  return summary
}

/** A page with the summary. Its title is its height. */
function pageOf(summary: string): string {
  const body = new MarkdownIt({ html: true }).render(summary)
  const script = 'document.title = Math.ceil(document.documentElement.getBoundingClientRect().height)'
  return `<!doctype html><meta charset="utf-8"><style>${style}</style><title></title>${body}<script>${script}</script>`
}

async function chromium(page: string, ...flags: string[]): Promise<string> {
  const always = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--window-size=${width},1000`]
  const args = [...always, `--user-data-dir=${folder.path}`, ...flags, pathToFileURL(page).href]
  const { stdout } = await promisify(execFile)(process.env['CHROMIUM'] ?? 'chromium', args)
  return stdout
}
