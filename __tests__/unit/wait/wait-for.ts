import { DescribeInstanceCommand, SSOAdminClient } from '@aws-sdk/client-sso-admin'
import { isMembers } from '../../../simulator/members.ts'
import { ofTheAction } from '../../../src/aws/errors/context.ts'
import { identityCenterApi } from '../../../src/aws/identity-center.ts'
import { openingLines } from '../../../src/report/log-lines.ts'
import { outcomeOf } from '../../../src/report/outcome.ts'
import { publish } from '../../../src/report/publish.ts'
import { tell } from '../../../src/report/story.ts'
import type { Api } from '../../../src/requests/api.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { noSecrets, permissionSetArn } from '../examples.ts'
import { type Page, pageOf, silentRunner } from '../report/page.ts'
import { Model, type ModelCall, type ModelOptions, region } from './model.ts'

/** The two permission sets that the simulator has unless a scenario says otherwise. */
export const arnA = permissionSetArn
export const arnB = `${permissionSetArn.slice(0, -1)}0`

/** What is different in a wait. The two permission sets have 12 accounts each, and are up to date. */
export interface Scenario extends ModelOptions {
  /** How many accounts of the first permission set have been out of date for long. */
  readonly behind?: number
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
  readonly calls: readonly ModelCall[]
  /** How many are left at the end. */
  readonly timers: number
}

/** A whole wait on the virtual clock, from AWS's answers in JSON to the report. */
export async function waitFor(goal: Goal, scenario: Scenario = {}): Promise<Waited> {
  const { behind = 0, plans = [], timeoutSeconds = 1_800, cancelAtSeconds, pollIntervalSeconds, settings } = scenario
  const clock = new VirtualClock(Date.UTC(2026, 10, 1))
  const startedAt = new Date(clock.now())
  const permissionSets = [
    { arn: arnA, name: 'ReadOnly', behind },
    { arn: arnB, name: 'Admin' },
  ]
  const model = new Model({ accounts: 12, ...scenario, settings: { permissionSets, ...settings } }, clock)
  const timeoutMs = timeoutSeconds * 1_000
  const wait = await model.wait({
    api: await sdkOver(model),
    goal,
    timeoutMs,
    ...(cancelAtSeconds !== undefined && { cancelAtMs: cancelAtSeconds * 1_000 }),
    ...(pollIntervalSeconds !== undefined && { pollIntervalMs: pollIntervalSeconds * 1_000 }),
  })
  const page = await pageOf(outcomeOf(wait.waited, goal, region, startedAt))
  const told = wait.log.map(({ line }) => line)
  const lines = [...openingLines({ ...goal, region, requests: plans, timeoutMs }), ...told, ...page.log]
  const log = [...told, ...page.log.filter((line) => !line.startsWith('Error: '))].map(withoutTime)
  const seconds = Number(page.outputs['elapsed-seconds'])
  const { calls } = model
  return { ...page, seconds, goneAfterSeconds: wait.tookMs / 1_000, log, lines, calls, timers: clock.sleeping }
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

/** What a wait asks, by the SDK, with the model in place of the network. */
async function sdkOver(model: Model): Promise<Api> {
  let isReady = false
  const handle = async (request: HttpRequest, { abortSignal: signal }: { abortSignal?: unknown } = {}) => {
    if (!isReady) return responseOf(200, {})
    const operation = (request.headers['x-amz-target'] ?? '').replace('SWBExternalService.', '')
    const input: unknown = JSON.parse(new TextDecoder().decode(request.body))
    if (!isMembers(input)) throw new Error('The body is no JSON object')
    const reply = await model.call(operation, input, signal instanceof AbortSignal ? signal : undefined)
    if (reply.ok) return responseOf(200, reply.value)
    const { code, message } = reply
    if (!code.endsWith('Exception')) throw Object.assign(new Error(message), { code })
    return responseOf(code === 'InternalServerException' ? 500 : 400, { __type: code, Message: message })
  }
  const client = new SSOAdminClient({
    region,
    endpoint: 'https://identity-center.example',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of-an-example' },
    // Signatures would take a third of the time.
    signer: { sign: async (request) => request },
    maxAttempts: 1,
    requestHandler: { handle, updateHttpClientConfig() {}, httpHandlerConfigs: () => ({}) },
  })
  // With its first call, the SDK reads files, which takes time of another clock.
  const instanceArn = model.service.instance.arn
  await client.send(new DescribeInstanceCommand({ InstanceArn: instanceArn }))
  isReady = true
  const connection = {
    client,
    credentials: 'ambient',
    proxy: null,
    wording: ofTheAction,
    secrets: noSecrets,
    renewCredentials() {},
    close() {},
  } as const
  return identityCenterApi({ connection, instanceArn, region, clock: model.clock, debug: () => {} })
}

function responseOf(statusCode: number, body: unknown) {
  const headers = { 'content-type': 'application/x-amz-json-1.1' }
  return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(body)) } }
}
