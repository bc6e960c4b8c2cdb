import { DescribeInstanceCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin'
import type { Fault } from '../../../simulator/faults.ts'
import { InProcessIdentityCenter } from '../../../simulator/in-process.ts'
import { isMembers, type Members } from '../../../simulator/members.ts'
import type { Plan, SimulatorOptions } from '../../../simulator/settings.ts'
import { requestIdOf, wireNames } from '../../../simulator/wire-names.ts'
import { ofTheAction } from '../../../src/aws/errors/context.ts'
import { IdentityCenter } from '../../../src/aws/identity-center.ts'
import { startLog } from '../../../src/report/log.ts'
import { openingLines } from '../../../src/report/log-lines.ts'
import { outcomeOf } from '../../../src/report/outcome.ts'
import { publish } from '../../../src/report/publish.ts'
import { tell } from '../../../src/report/story.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import { statuses } from '../../../src/requests/request.ts'
import { waitOn } from '../../support/in-process-api.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { noSecrets, permissionSetArn } from '../examples.ts'
import { type Page, pageOf, silentRunner } from '../report/page.ts'
import { type CallName, Model, type ModelCall, type ModelOptions, type NumberedPlan } from './model.ts'

/** The two permission sets that the simulator has unless a scenario says otherwise. */
export const arnA = permissionSetArn
export const arnB = `${permissionSetArn.slice(0, -1)}0`

/** A call as AWS gets it. */
export interface WaitCall extends ModelCall {
  /** Which of the calls of its name it is, counted from 1. */
  readonly turn: number
  readonly permissionSetArn: string | null
  /** `null` for the first page. */
  readonly token: string | null
}

type Meets = (call: WaitCall) => Fault | false | null | undefined

/** What is different in a wait. The two permission sets have 12 accounts each, and are up to date. */
export interface Scenario {
  /** The requests that are given. */
  readonly plans?: readonly NumberedPlan[]
  /** Requests of others. */
  readonly foreign?: readonly Plan[]
  /** How many accounts of the first permission set have been out of date for long. */
  readonly behind?: number
  readonly faults?: Partial<Record<CallName, Fault | Meets>> | Meets
  readonly latencyMs?: number | ((call: WaitCall) => number)
  readonly settings?: SimulatorOptions
  /** AWS ignores the filters of its lists of requests. */
  readonly ignoresFilters?: boolean
  readonly timeoutSeconds?: number
  readonly cancelAtSeconds?: number
  readonly pollIntervalSeconds?: number
}

/** What people, later steps and AWS see of a wait. */
export interface Waited extends Page {
  /** The output `elapsed-seconds`. */
  readonly seconds: number
  /** From the beginning until everything is looked up for the report. */
  readonly goneAfterSeconds: number
  /** Without the column of times, and without the annotation. */
  readonly log: readonly string[]
  /** The whole log, from its first line to the annotation. */
  readonly lines: readonly string[]
  readonly calls: readonly WaitCall[]
}

const region = 'eu-central-1'

/**
 * A whole wait on the virtual clock, from AWS's answers in JSON to the report. It is the only place of these tests that knows how the action
 * is made.
 */
export async function waitFor(goal: Goal, scenario: Scenario = {}): Promise<Waited> {
  const { plans = [], timeoutSeconds = 1_800, cancelAtSeconds, pollIntervalSeconds } = scenario
  const clock = new VirtualClock(Date.UTC(2026, 10, 1))
  const startedAtMs = clock.now()
  const { calls, client, instanceArn } = await simulated(clock, scenario)
  const connection = {
    client,
    credentials: 'ambient',
    proxy: null,
    wording: ofTheAction,
    secrets: noSecrets,
    renewCredentials() {},
    close() {},
  } as const
  const api = new IdentityCenter({ connection, instanceArn, region, clock, debug: () => {} })

  const over = new AbortController()
  const cancellation = new AbortController()
  if (cancelAtSeconds !== undefined)
    clock.sleep(cancelAtSeconds * 1_000, over.signal).then(() => over.signal.aborted || cancellation.abort())
  const timeoutMs = timeoutSeconds * 1_000
  const told: string[] = []
  const requests = plans.map(({ requestId, operation }) => ({ requestId, operation }))
  const defects: unknown[] = []
  const { show, stop } = startLog({
    clock,
    info: (line) => void told.push(line),
    onDefect: (error) => defects.push(error),
    region,
    until: goal.until,
  })
  const waited = await clock.run(
    waitOn(clock, api, requests, {
      goal,
      timeoutMs,
      cancel: cancellation.signal,
      observe: show,
      ...(pollIntervalSeconds !== undefined && { pollIntervalMs: pollIntervalSeconds * 1_000 }),
    }),
  )
  stop()
  over.abort()
  if (defects.length > 0) throw defects[0]

  const page = await pageOf(outcomeOf(waited, goal, region, new Date(startedAtMs)))
  const goneAfterSeconds = (clock.now() - startedAtMs) / 1_000
  const lines = [...openingLines({ ...goal, region, requests, timeoutMs }), ...told, ...page.log]
  const log = [...told, ...page.log.filter((line) => !line.startsWith('Error: '))].map(withoutTime)
  return { ...page, seconds: Number(page.outputs['elapsed-seconds']), goneAfterSeconds, log, lines, calls }
}

/** Processor time in seconds of a wait that is cancelled, in all and from the cancellation on, its report included. */
export async function costOf(goal: Goal, options: ModelOptions, cancelAtSeconds: number) {
  const model = new Model(options)
  const startedAt = process.cpuUsage()
  let cancelledAt = startedAt
  model.clock.sleep(cancelAtSeconds * 1_000 - 1).then(() => {
    cancelledAt = process.cpuUsage()
  })
  const { waited } = await model.wait({ goal, cancelAtMs: cancelAtSeconds * 1_000 })
  await publish(tell(outcomeOf(waited, goal, region, new Date())), silentRunner)
  const secondsSince = (before: NodeJS.CpuUsage) => {
    const { system, user } = process.cpuUsage(before)
    return (system + user) / 1_000_000
  }
  return { all: secondsSince(startedAt), afterwards: secondsSince(cancelledAt) }
}

function withoutTime(line: string): string {
  return line.replace(/^[\d.hmins ]{11} {2}|^Notice: /, '')
}

interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** The SDK's client, with the simulator in place of the network. */
async function simulated(clock: VirtualClock, scenario: Scenario) {
  const { behind = 0, faults = {}, foreign = [], ignoresFilters, latencyMs = 50, plans = [], settings } = scenario
  const startedAtMs = clock.now()
  const service = new InProcessIdentityCenter({
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    region,
    permissionSets: [
      { arn: arnA, name: 'ReadOnly', behind },
      { arn: arnB, name: 'Admin' },
    ],
    accounts: 12,
    ...settings,
  })
  service.instance.startAll([...foreign, ...plans])
  const calls: WaitCall[] = []
  const turns = new Map<CallName, number>()
  let isReady = false

  const receive = (operation: string, input: Members): WaitCall => {
    const name = nameOf(operation)
    const turn = (turns.get(name) ?? 0) + 1
    turns.set(name, turn)
    const filter = isMembers(input['Filter']) ? input['Filter'] : {}
    const call: WaitCall = {
      number: calls.length + 1,
      turn,
      atMs: clock.now() - startedAtMs,
      name,
      requestId: requestIdOf(input) ?? null,
      status: statuses.find((status) => status === filter['Status']) ?? null,
      permissionSetArn: textIn(input, 'PermissionSetArn'),
      token: textIn(input, 'NextToken'),
      ofHolders: name === 'accounts' && input['ProvisioningStatus'] === undefined,
    }
    calls.push(call)
    return call
  }

  const handle = async (request: HttpRequest, { abortSignal: signal }: { abortSignal?: unknown } = {}) => {
    if (!isReady) return responseOf(200, {})
    const operation = (request.headers['x-amz-target'] ?? '').replace('SWBExternalService.', '')
    const input: unknown = JSON.parse(new TextDecoder().decode(request.body))
    if (!isMembers(input)) throw new Error('The body is no JSON object')
    const call = receive(operation, input)
    const own = typeof faults === 'function' ? faults : faults[call.name]
    const fault = typeof own === 'function' ? own(call) : own
    service.configure({
      faults: fault ? [{ fault }] : [],
      latencyMs: typeof latencyMs === 'number' ? latencyMs : latencyMs(call),
    })
    const { Filter: _, ...unfiltered } = input
    const reply = await service.call(
      operation,
      ignoresFilters ? unfiltered : input,
      signal instanceof AbortSignal ? signal : undefined,
    )
    if (reply.ok) return responseOf(200, reply.value)
    const { code, message } = reply
    if (code === 'aborted' || code === 'ECONNRESET') throw Object.assign(new Error(message), { code })
    return responseOf(code === 'InternalServerException' ? 500 : 400, { __type: code, Message: message })
  }

  const client = new SSOAdminClient({
    region,
    endpoint: 'https://identity-center.example',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of-an-example' },
    // Signatures would take a third of the time.
    signer: { sign: async (request) => request },
    maxAttempts: 1,
    requestHandler: {
      handle,
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    },
  })
  // With its first call, the SDK reads files, which takes time of another clock.
  const instanceArn = service.instance.arn
  await client.send(new DescribeInstanceCommand({ InstanceArn: instanceArn }))
  isReady = true
  return { calls, client, instanceArn }
}

function responseOf(statusCode: number, body: unknown) {
  const headers = { 'content-type': 'application/x-amz-json-1.1' }
  return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(body)) } }
}

function nameOf(operation: string): CallName {
  if (wireNames.some(({ describe }) => describe === operation)) return 'describe'
  if (wireNames.some(({ list }) => list === operation)) return 'list'
  if (operation === 'DescribePermissionSet') return 'name'
  return operation === 'DescribeInstance' ? 'region' : 'accounts'
}

function textIn(input: Members, name: string): string | null {
  const text = input[name]
  return typeof text === 'string' ? text : null
}
