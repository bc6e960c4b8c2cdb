import type { Plan } from '../simulator/settings.ts'
import type { Simulator, SimulatorOptions } from '../simulator/simulator.ts'
import type { Status } from '../src/request.ts'
import type { Verdict } from '../src/verdict.ts'
import type { EndedStep, RunningStep } from './action.ts'
import type { Wire } from './wire.ts'

/** One fault of the suite: how it is set up, and what must come of it. */
export interface Row {
  readonly topic: Topic
  /** Says what goes wrong. Unique. */
  readonly name: string
  readonly simulator?: SimulatorOptions
  /** What is waited for: one request that has SUCCEEDED already unless given. */
  readonly requests?: readonly Plan[]
  /** The simulator's access key unless given. */
  readonly credentials?: Credentials
  readonly inputs?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Puts something between the action and the simulator, or in its place; what it starts ends with the run. */
  readonly arrange?: (scene: Scene, started: AsyncDisposableStack) => Promise<void>
  /** Happens while the action runs. */
  readonly meanwhile?: (step: RunningStep, scene: Scene) => Promise<void>
  readonly expected: Expected
  /** Takes so long that it is run less often. */
  readonly slow?: boolean
}

export const topics = [
  'Service errors',
  'Connections',
  'Answers',
  'Names and clocks',
  'Credentials',
  'Cancellation',
  'Proxies',
  'Endurance',
] as const
export type Topic = (typeof topics)[number]

/** `key`: long-lived, in the environment. `session`: an earlier step's. `role`: the action assumes one. `none`: the row sees to it. */
export type Credentials = 'key' | 'session' | 'role' | 'none'

/** One run of a row, before the action starts. What `arrange` changes, the action gets. */
export interface Scene {
  readonly simulator: Simulator
  readonly wire: Wire
  /** The IDs of what is waited for. */
  readonly requests: readonly string[]
  inputs: Record<string, string>
  environment: Record<string, string | undefined>
  /** What must be shown nowhere. */
  readonly secrets: Set<string>
  /** What the action has said on pull requests. */
  readonly comments: string[]
  /** The job summary, where it did not go to the runner's own file. */
  summary: string | null
  /** What stands between the action and the simulator was asked for this. */
  readonly asked: string[]
}

export interface Expected {
  readonly verdict: Verdict | readonly Verdict[]
  /** What AWS last said of the requests; `null` for nothing. */
  readonly status: Status | null
  /** At the most: from the process's start to its end, and in rows with signals, from the first of them. */
  readonly seconds: number
  /** A signal may find the process on its way out, with everything told, and end it there. */
  readonly mayEndBySignal?: boolean
  /** At the least, from the process's start. */
  readonly secondsAtLeast?: number
  /** Outputs other than those that the status makes plain. */
  readonly outputs?: (scene: Scene) => Readonly<Partial<Record<string, string | RegExp>>>
  /** What people are told on a failure. */
  readonly told?: RegExp
  /** What else must be so. Returns what is not. */
  readonly check?: (step: EndedStep, scene: Scene) => readonly string[]
}
