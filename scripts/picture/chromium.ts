import { execFile } from 'node:child_process'
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { width } from './page.ts'

const run = promisify(execFile)
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Its path. @throws Error where there is none on the machine */
export async function findChromium(): Promise<string> {
  const { CHROMIUM, PATH = '' } = process.env
  const paths = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  for (const path of CHROMIUM ? [CHROMIUM] : paths) {
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (runs) return path
  }
  throw new Error(
    CHROMIUM
      ? `CHROMIUM is ${CHROMIUM}, which cannot be run.`
      : 'Chromium is needed to draw the picture, and none is on the PATH. On Debian and Ubuntu: apt-get install chromium fonts-noto-color-emoji. Elsewhere, set CHROMIUM to its path.',
  )
}

/** The page as a PNG, as high as what is on it. */
export async function screenshot(chromium: string, page: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'picture-'))
  try {
    const file = join(folder, 'page.html')
    const picture = join(folder, 'page.png')
    await writeFile(file, page)
    const open = (...flags: string[]) =>
      run(
        chromium,
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--hide-scrollbars',
          '--virtual-time-budget=20000',
          `--user-data-dir=${folder}`,
          ...flags,
          pathToFileURL(file).href,
        ],
        // The reader's clock would show in the drawing.
        { env: { ...process.env, TZ: 'UTC' }, maxBuffer: 100 * 1024 * 1024 },
      )
    const { stdout } = await open(`--window-size=${width},1000`, '--dump-dom')
    const height = /<html[^>]* data-height="(\d+)"/.exec(stdout)?.[1]
    if (height === undefined) throw new Error('Chromium did not draw the page to its end.')
    if (/aria-roledescription="error"/.test(stdout)) throw new Error('Mermaid could not read the drawing.')
    await open(`--window-size=${width},${height}`, `--screenshot=${picture}`)
    return await readFile(picture)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
