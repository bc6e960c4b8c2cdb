import { mkdir, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { findChromium, screenshot } from './chromium.ts'
import { pageOf } from './page.ts'
import { withPalette } from './png.ts'
import { mixedSetSummary } from './summary.ts'

const help = `npm run picture

Makes docs/job-summary.png: the job summary of a mixed set of 20 requests, as GitHub shows it.

The action in dist/ waits for the set at the simulator; Chromium draws what it wrote. Takes about half a minute.`

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return console.log(help)
  const chromium = await findChromium()
  const path = resolve(import.meta.dirname, '../../docs/job-summary.png')

  const page = await pageOf(await mixedSetSummary())
  await mkdir(resolve(path, '..'), { recursive: true })
  const picture = withPalette(await screenshot(chromium, page))
  await writeFile(path, picture)
  console.log(`${path}: ${Math.ceil(picture.length / 1024)} KiB`)
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
