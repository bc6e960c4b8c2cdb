import * as files from 'node:fs/promises'
import { afterEach, beforeEach } from '@jest/globals'
import type { Simulator } from '../../simulator/simulator.ts'
import { ofTheAction } from '../../src/aws/errors/context.ts'
import type { World } from '../../src/run.ts'
import { Secrets } from '../../src/secrets.ts'
import { systemClock } from '../../src/system-clock.ts'
import { idTokenOf } from '../support/id-token.ts'
import { environmentOf } from './examples.ts'

/** Gives every test of a file an environment without settings of AWS and proxies, and restores it afterwards. */
export function withOwnEnvironment(): void {
  const before = { ...process.env }
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/^(AWS_|INPUT_|GITHUB_|ACTIONS_|(https?|no)_proxy$)/i.test(name)) delete process.env[name]
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' })
  })
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  })
}

/** The variables that lead the SDK to the simulator. The SDK reads the process's own environment. */
function variablesOfAws(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('AWS_') && value !== undefined ? [[name, value]] : [],
    ),
  )
}

/** What the runner of a world received. */
export interface Seen {
  readonly outputs: Record<string, string>
  readonly log: string[]
  readonly debug: string[]
  readonly summaries: string[]
  readonly annotations: { level: 'notice' | 'warning' | 'error'; title: string; message: string }[]
  readonly secrets: string[]
}

/** A world of plain functions around a simulator, for one step with these inputs. */
export function worldOf(
  simulator: Simulator,
  inputs: Readonly<Record<string, string | undefined>>,
  known: Partial<World> = {},
): { world: World; seen: Seen } {
  const seen: Seen = { outputs: {}, log: [], debug: [], summaries: [], annotations: [], secrets: [] }
  const annotate = (level: Seen['annotations'][number]['level']) => (message: string, properties: { title: string }) =>
    void seen.annotations.push({ level, message, ...properties })
  const given = { 'instance-arn': simulator.instanceArn, 'aws-region': simulator.region, ...inputs }
  const world: World = {
    environment: environmentOf(given, variablesOfAws()),
    runner: {
      secrets: new Secrets(process.env),
      info: (line) => void seen.log.push(line),
      debug: (line) => void seen.debug.push(line),
      notice: annotate('notice'),
      warning: annotate('warning'),
      error: annotate('error'),
      setOutput: (name, value) => {
        seen.outputs[name] = value
      },
      writeResults: () => '/temp/results.json',
      setSecret: (value) => void seen.secrets.push(value),
      writeSummary: async (markdown) => void seen.summaries.push(markdown),
      getIdToken: (audience) => idTokenOf(simulator, audience),
      available: true,
    },
    wording: ofTheAction,
    files,
    clock: systemClock,
    random: () => 0.5,
    date: () => new Date(),
    cancel: new AbortController().signal,
    version: '1.2.3',
    ...known,
  }
  return { world, seen }
}
