import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { expectEnding, expectGone, expectInTime, unanswered } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { ofFile } from '../support/of-file.ts'
import { startWaitingForOne, waitForOne, withoutKey, wrote } from '../support/step.ts'

// Nobody ever writes to it, so that to open it takes for ever.
const fifo = join((await ofFile(folderWith())).path, 'fifo')
spawnSync('mkfifo', [fifo])

test.concurrent('a file with credentials that never answers, as on a share that is gone, keeps no process', async () => {
  const { request, step } = await waitForOne({
    timeoutMinutes: 0.02,
    environment: { ...withoutKey, AWS_CONFIG_FILE: fifo },
  })

  expectEnding(step, 'timed-out', unanswered(request, expect.stringMatching(/\S/)))
  expectInTime(step, 1_200)
})

const comments = { 'pull-request-comment': 'always', 'github-token': 'ghs_0123456789abcdefghij' }
const gone = { hooks: ['silent-stat.cjs'], environment: { SILENT_FIFO: fifo } }
// All names twice, as the action gives them to Node's agents and to the toolkit, are longer than the system lets a variable be.
const manyNames = 'a.example,'.repeat(12_000)

test.concurrent.each([
  ['is a named pipe', { environment: { GITHUB_EVENT_PATH: fifo } }, 'not a regular file'],
  ['is on a share that is gone', gone, 'not done within 10 s'],
  ['is, after Node was deleted', { ...gone, hooks: [...gone.hooks, 'no-program.cjs'] }, 'not done within 10 s'],
  [
    'is, with a long variable',
    { ...gone, environment: { ...gone.environment, NO_PROXY: manyNames } },
    'not done within',
  ],
])('where the event of the run %s, a step that comments passes, and ends', async (_, options, why) => {
  const { step } = await waitForOne({ speed: 10, inputs: comments, ...options })

  expect(step.complaints).toEqual([])
  expect(step.exitCode).toBe(0)
  expect(step.warnings.map(({ message }) => message).join()).toContain(`the event of this run cannot be read (${why}`)
})

test.concurrent('where the event of the run is on a share that is gone, a cancelled step ends', async () => {
  await using wait = await startWaitingForOne({ seconds: 60, inputs: comments, ...gone })
  const { step } = wait
  await wrote(step, /IN_PROGRESS/)
  step.cancel('SIGINT')
  expectGone(await step.finished)
})
