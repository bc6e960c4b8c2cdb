import { readFile, writeFile } from 'node:fs/promises'
import { EOL } from 'node:os'
import { join } from 'node:path'
import * as toolkit from '@actions/core'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { parseOutputs } from '../../../simulator/runner.ts'
import { githubRunner } from '../../../src/github/runner.ts'
import { Secrets } from '../../../src/secrets.ts'
import { folderWith } from '../../support/folder.ts'
import { ofFile } from '../../support/of-file.ts'
import { withOwnEnvironment } from '../own-environment.ts'

withOwnEnvironment()

const { path: folder } = await ofFile(folderWith())
const outputFile = join(folder, 'output')
const summaryFile = join(folder, 'summary')
let written = ''
const write = (text: string) => {
  written += text
}

beforeEach(async () => {
  await Promise.all([writeFile(outputFile, ''), writeFile(summaryFile, '')])
  written = ''
})
afterEach(() => void jest.restoreAllMocks())

function startRunner(environment: NodeJS.ProcessEnv = {}) {
  return githubRunner(
    { GITHUB_OUTPUT: outputFile, GITHUB_STEP_SUMMARY: summaryFile, ...environment },
    new Secrets(environment),
    write,
  )
}

/** What the toolkit writes to the log. */
function writtenByToolkit(task: () => void): string {
  let text = ''
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  task()
  spy.mockRestore()
  return text
}

/** Any text, often with characters that mean something to the runner. */
const unit = fc.oneof(
  fc.constantFrom('%', '%0A', '\r', '\n', ':', ',', '::error::', '<<', '##['),
  fc.string({ unit: 'binary', minLength: 1 }),
)
const anyText = fc.string({ unit })
const anyTitle = fc.string({ unit, minLength: 1 })

describe('the runner', () => {
  test('reads the same annotations and masks from this action as from the toolkit', async () => {
    const runner = await startRunner()
    fc.assert(
      fc.property(anyText, anyTitle, (message, title) => {
        const commands = (to: Pick<typeof runner, 'notice' | 'warning' | 'error' | 'setSecret'>) => () => {
          to.notice(message, { title })
          to.warning(message, { title })
          to.error(message, { title })
          to.setSecret(message)
        }
        written = ''
        commands(runner)()
        expect(written).toBe(writtenByToolkit(commands(toolkit)))
      }),
    )
  })

  test('reads every output verbatim', async () => {
    const runner = await startRunner()
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (first, second) => {
        await writeFile(outputFile, '')
        runner.setOutput('first', first)
        runner.setOutput('second', second)
        const text = await readFile(outputFile, 'utf8')
        expect(parseOutputs(text)).toEqual({ first, second })
      }),
    )
  })

  test('gets debug lines without commands in them', async () => {
    const runner = await startRunner()
    runner.debug('no\n::error::x ##[error]y')
    expect(written).toBe(`::debug::no ::error::x # #[error]y${EOL}`)
  })

  test('gets the summary after the text that is in it already', async () => {
    await writeFile(summaryFile, '# Before\n')
    const runner = await startRunner()
    await runner.writeSummary('# After\n')
    expect(await readFile(summaryFile, 'utf8')).toBe('# Before\n# After\n')
  })
})

test('the toolkit writes everything if there is no file for outputs', async () => {
  process.env['GITHUB_OUTPUT'] = ''
  process.env['GITHUB_STEP_SUMMARY'] = summaryFile
  const runner = await startRunner({ GITHUB_OUTPUT: '' })
  const log = writtenByToolkit(() => {
    runner.info('a line')
    runner.debug('::a detail')
    runner.error('a reason', { title: 'a title' })
    runner.setOutput('verdict', 'failed')
  })
  await runner.writeSummary('# Title\n')
  expect(log.split(EOL)).toEqual([
    'a line',
    '::debug::: :a detail',
    '::error title=a title::a reason',
    '',
    '::set-output name=verdict::failed',
    '',
  ])
  expect(await readFile(summaryFile, 'utf8')).toBe('# Title\n')
  expect(written).toBe('')
})
