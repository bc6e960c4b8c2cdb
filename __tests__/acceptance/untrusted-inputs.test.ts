import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { readDefinition } from '../../scripts/check-definition.ts'
import { expectNoEffect } from '../support/expectations.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { groupsOf, hostileNames, hostileVariables } from '../support/hostile.ts'
import { simulate, waitFor } from '../support/step.ts'
import { elementsIn } from './report/markdown.ts'

const inputs = [...(await readDefinition(resolve(import.meta.dirname, '../..'))).inputs.keys()]

test.concurrent.each(groupsOf(hostileVariables, inputs.length, 2))(
  'as inputs, %s are shown without effect',
  async (_, texts) => {
    await using simulator = await simulate()
    const given = Object.fromEntries(inputs.map((name, index) => [name, texts[index] ?? '']))

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

test.concurrent.each(groupsOf(hostileNames, 2))(
  'as audience and as token, %s are shown without effect',
  async (...row) => {
    const [, [audience = '', token = '']] = row
    const step = await runWith(audience, token)

    // Of all audiences there is one that STS knows.
    expect(step.outputs['verdict']).toBe('error')
    expectNoEffect(step, ['add-mask', 'error', 'warning'])
    harmless ??= runWith('anything', 'anything')
    expect(elementsIn(step.summary)).toEqual(elementsIn((await harmless).summary))
  },
)
