import { expect, test } from '@jest/globals'
import { inputNames } from '../support/definition.ts'
import { expectNoEffect } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { spreadVariables } from '../support/hostile.ts'
import { elementsIn } from '../support/markdown.ts'
import { simulate, waitFor } from '../support/step.ts'

test.concurrent.each(spreadVariables(inputNames.length, 3).map((texts, index) => [index + 1, texts] as const))(
  'as inputs, texts are shown without effect (%i)',
  async (_, texts) => {
    await using simulator = await simulate()
    const given = Object.fromEntries(inputNames.map((name, index) => [name, texts[index] ?? '']))

    const step = await waitFor(simulator, [], { inputs: given })

    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, ['error'])
    expect(
      elementsIn(step.summary).filter((element) => !/^<\/?(h2|h3|p|ul|li|blockquote|code)>$/.test(element)),
    ).toEqual([])
    expect(simulator.calls).toEqual([])
  },
)

/** A text in each of the two inputs that take any, where both are mentioned. */
async function runWith(audience: string, token: string) {
  await using simulator = await simulate()
  await using api = await startGitHubApi()
  return await waitFor(simulator, simulator.start(), {
    assumesRole: true,
    inputs: { audience, 'pull-request-comment': 'always', 'github-token': token },
    environment: api.onPullRequest(),
  })
}

test.concurrent('as audience and as token, texts are shown without effect', async () => {
  const [[audience = '', token = ''] = []] = spreadVariables(2, 1)
  const [step, harmless] = await Promise.all([runWith(audience, token), runWith('anything', 'anything')])

  // Of all audiences there is one that STS knows.
  expect(step.outputs['verdict']).toBe('error')
  expectNoEffect(step, ['add-mask', 'error', 'warning'])
  expect(elementsIn(step.summary)).toEqual(elementsIn(harmless.summary))
})

// The unit test of the input has files of many kinds.
const secretFiles: [name: string, text: string][] = [
  ['.env', 'PASSWORD=hunter2\nTOKEN="hunter3"\n'],
  ['token.json', '{"accessToken": "hunter2", "RequestId": "hunter3", "hunter4": 1}'],
]

test.concurrent.each(secretFiles)('of a request-file like %s, no secret is shown', async (_, text) => {
  await using simulator = await simulate()
  await using workspace = await folderWith({ file: text })

  const step = await waitFor(simulator, [], {
    inputs: { 'request-file': 'file' },
    environment: { GITHUB_WORKSPACE: workspace.path },
  })

  expect(step.outputs['verdict']).toBe('error')
  expect(step.errors[0]?.message).toContain("The file of input 'request-file' holds")
  expect(JSON.stringify(step)).not.toContain('hunter')
  expect(simulator.calls).toEqual([])
})
