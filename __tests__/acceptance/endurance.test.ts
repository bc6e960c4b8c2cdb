import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { SimulatorOptions } from '../../simulator/simulator.ts'
import { folderWith } from '../support/folder.ts'
import {
  describeStatus,
  type Fault,
  type Plan,
  type SimulateOptions,
  type StepOptions,
  simulate,
  waitFor,
} from '../support/step.ts'

// Waits that look twice a second for 60 s, at five times the speed: what they hold must not grow.

const seconds = 60
const oneAccount: Plan = { accountId: '111122223333' }

/** What may be held longer at the end than in the second quarter: what V8 learns and forgets, and not what each call leaves behind. */
const flatBytes = 1_500_000

/** What the process holds at one moment, as `hooks/probe.cjs` notes it. */
interface Sample {
  heapUsed: number
  rss: number
  /** On the process itself: signals, warnings and the like. */
  listeners: number
  resources: string[]
}

interface Soak {
  simulator?: SimulateOptions
  step?: StepOptions
  requests?: number
  verdict?: string
  /** How many connections may be made to AWS in all, and how many may be open at the same time. */
  made: number
  open: number
}

function everyThird(fault: Fault): SimulatorOptions {
  const positions = Array.from({ length: 100 }, (_, index) => 3 * index + 3)
  return { faults: positions.map((position) => ({ operation: describeStatus, from: position, to: position, fault })) }
}

test.concurrent.each<[string, Soak]>([
  [
    '200 requests that may not be listed',
    {
      simulator: { deny: ['sso:ListPermissionSetProvisioningStatus'], latencyMs: 30, seconds: 100_000 },
      step: { inputs: { 'timeout-minutes': String(seconds / 60) } },
      requests: 200,
      verdict: 'timed-out',
      made: 30,
      open: 15,
    },
  ],
  [
    'a role whose sessions last 9 s',
    {
      simulator: { sessionSeconds: 9 },
      step: { assumesRole: true },
      made: Number.POSITIVE_INFINITY,
      open: 4,
    },
  ],
  [
    'every third call broken',
    { simulator: everyThird({ kind: 'reset', when: 'before-headers' }), made: Number.POSITIVE_INFINITY, open: 3 },
  ],
])('a long wait with %s holds no more at its end than before', async (_, soak) => {
  await using folder = await folderWith()
  const file = join(folder.path, 'samples.jsonl')
  await using simulator = await simulate({ speed: 5, seconds, ...soak.simulator })

  const step = await waitFor(simulator, simulator.start(oneAccount, soak.requests), {
    ...soak.step,
    inputs: { 'poll-interval-seconds': '0.5', ...soak.step?.inputs },
    hooks: ['probe.cjs'],
    environment: { PROBE_FILE: file },
  })

  expect(step.complaints).toEqual([])
  expect(step.outputs['verdict']).toBe(soak.verdict ?? 'succeeded')
  expect(simulator.connections.made).toBeLessThanOrEqual(soak.made)
  expect(simulator.connections.mostOpen).toBeLessThanOrEqual(soak.open)
  const samples: Sample[] = (await readFile(file, 'utf8'))
    .split('\n')
    .flatMap((line) => (line ? [JSON.parse(line)] : []))
  expect(samples.length).toBeGreaterThanOrEqual(8)
  expect(growthOf(samples.map(({ heapUsed }) => heapUsed))).toBeLessThan(flatBytes)
  expect(growthOf(samples.map(({ rss }) => rss))).toBeLessThan(20 * flatBytes)
  expect(growthOf(samples.map(({ listeners }) => listeners))).toBeLessThanOrEqual(0)
  expect(growthOf(samples.map(({ resources }) => resources.length))).toBeLessThan(40)
})

/** From the second quarter of the time, when everything has been loaded, to the last. */
function growthOf(values: readonly number[]): number {
  const quarter = Math.floor(values.length / 4)
  const median = (part: readonly number[]) => part.toSorted((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0
  return median(values.slice(-quarter)) - median(values.slice(quarter, 2 * quarter))
}
