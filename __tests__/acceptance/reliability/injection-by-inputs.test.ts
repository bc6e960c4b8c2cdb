import { expect, test } from '@jest/globals'
import { startGitHubApi } from '../github-api.ts'
import { type Step, simulate, waitFor } from '../support.ts'
import { commandNamesIn, elementsIn, expectNoEffect, expectPlain, hostileNames, hostileVariables } from './safety.ts'

const inputs = [
  'instance-arn',
  'request-id',
  'operation',
  'aws-region',
  'role-to-assume',
  'role-session-name',
  'role-duration-seconds',
  'audience',
  'timeout-minutes',
  'poll-interval-seconds',
  'wait',
  'pull-request-comment',
  'github-token',
]

test.concurrent.each(hostileVariables)('%s in every input: told without effect', async (_, text) => {
  await using simulator = await simulate()
  const given = Object.fromEntries(inputs.map((name) => [name, text]))

  const step = await waitFor(simulator, [], { inputs: given })

  expect(step.outputs['verdict']).toBe('error')
  expectNoEffect(step, [])
  expect(commandNamesIn(step)).toEqual(['error'])
  expectPlain(step)
  expect(simulator.calls).toEqual([])
})

/** A text in the two inputs that take any, where both are told of. */
async function runWith(text: string): Promise<{ step: Step; requests: string[] }> {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  const requests = simulator.start()
  const step = await waitFor(simulator, requests, {
    assumesRole: true,
    inputs: { audience: text, 'pull-request-comment': 'always', 'github-token': text },
    environment: api.onPullRequest(),
  })
  return { step, requests }
}

let harmless: ReturnType<typeof runWith> | undefined

test.concurrent.each(hostileNames)('%s as audience and token: told without effect', async (_, text) => {
  const { step, requests } = await runWith(text)

  // Of all audiences there is one that STS knows.
  expect(step.outputs['verdict']).toBe('error')
  expectNoEffect(step, requests)
  expect(commandNamesIn(step)).toEqual(['add-mask', 'error', 'warning'])
  harmless ??= runWith('anything')
  expect(elementsIn(step.summary)).toEqual(elementsIn((await harmless).step.summary))
})
