import { expect, test } from '@jest/globals'
import { inputNames } from '../support/definition.ts'
import { expectNoEffect } from '../support/expectations.ts'
import { folderWith } from '../support/folder.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { groupsOf, hostileNames, hostileVariables } from '../support/hostile.ts'
import { elementsIn } from '../support/markdown.ts'
import { simulate, waitFor } from '../support/step.ts'

test.concurrent.each(groupsOf(hostileVariables, inputNames.length, 2))(
  'as inputs, %s are shown without effect',
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

let harmless: ReturnType<typeof runWith> | undefined

test.concurrent.each(groupsOf(hostileNames, 8))(
  'as audience and as token, %s are shown without effect',
  async (_, texts) => {
    const step = await runWith(texts.slice(0, 4).join('\n'), texts.slice(4).join('\n'))

    // Of all audiences there is one that STS knows.
    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, ['add-mask', 'error', 'warning'])
    harmless ??= runWith('anything', 'anything')
    expect(elementsIn(step.summary)).toEqual(elementsIn((await harmless).summary))
  },
)

/** Files that a runner can read, with a secret in them that begins like this. */
const secret = 'hunter'
const secretFiles: Record<string, string> = {
  '.env': `PASSWORD=${secret}2\nTOKEN="${secret}3"\n`,
  '.git/config': `[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic ${secret}2\n`,
  id_rsa: `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}2\n${secret}3\n-----END OPENSSH PRIVATE KEY-----\n`,
  'token.json': JSON.stringify({ accessToken: `${secret}2`, RequestId: `${secret}3`, [`${secret}4`]: 1 }),
  'strings.json': JSON.stringify([`${secret}2`, [`${secret}3`], { requestId: `${secret}4` }]),
  'broken.json': `{"token": "${secret}2", "key": ${secret}3}`,
  'answer.json': JSON.stringify({ PermissionSetProvisioningStatus: { RequestId: `${secret}2` }, [`${secret}3`]: 0 }),
}

test.concurrent.each(Object.entries(secretFiles))('of a request-file like %s, no secret is shown', async (_, text) => {
  await using simulator = await simulate()
  await using workspace = await folderWith({ file: text })

  const step = await waitFor(simulator, [], {
    inputs: { 'request-file': 'file' },
    environment: { GITHUB_WORKSPACE: workspace.path },
  })

  expect(step.outputs['verdict']).toBe('error')
  expect(step.errors[0]?.message).toContain("The file of input 'request-file' holds")
  expect(JSON.stringify(step)).not.toContain(secret)
  expect(simulator.calls).toEqual([])
})
