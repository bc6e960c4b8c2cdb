import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { expectEndingOfOne, unanswered } from '../support/expectations.ts'
import { simulate, waitFor } from '../support/step.ts'

test('a file with credentials that never answers, as on a share that is gone, keeps no process', async () => {
  await using simulator = await simulate()
  const [request = ''] = simulator.start()
  const folder = await mkdtemp(join(tmpdir(), 'share-'))
  const file = join(folder, 'config')
  // Nobody ever writes to it, so that to open it takes for ever.
  spawnSync('mkfifo', [file])

  const step = await waitFor(simulator, [request], {
    inputs: { 'timeout-minutes': '0.02' },
    environment: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_CONFIG_FILE: file },
  })
  await rm(folder, { recursive: true })

  expectEndingOfOne(step, 'timed-out', unanswered(request, expect.stringMatching(/\S/)))
  expect(step.durationMs).toBeLessThan(1_200 + 5_000 + 2_000)
})
