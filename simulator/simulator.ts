import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { deliver } from './delivery.ts'
import { Identities, longLivedKey } from './identities.ts'
import { Instance } from './instance.ts'
import type { Members } from './members.ts'
import { TokenIssuer } from './oidc.ts'
import { answerTo, createRouter } from './router.ts'
import { createRuleFinder } from './rules.ts'
import { type Behaviour, type SimulatorOptions, withDefaults } from './settings.ts'
import { accessKeyIdOf } from './signature.ts'
import { createSsoAdmin, subjectOf } from './sso-admin.ts'

export type { Fault, FaultRule } from './faults.ts'
export type { Behaviour, Plan, SimulatorOptions } from './settings.ts'

/** One call that the simulator got. */
export interface Call {
  /** Milliseconds since the simulator's start. */
  at: number
  service: 'sso' | 'sts' | 'oidc'
  /** As on the wire; `GetIdToken` for the runner's token endpoint. */
  operation: string
  requestId: string | undefined
  input: Members
  /** `ok`, the code of the error that was answered, or the kind of the fault. */
  outcome: string
  accessKeyId: string | undefined
  userAgent: string
}

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/** A running simulator. */
export type Simulator = Awaited<ReturnType<typeof startSimulator>>

/**
 * Starts IAM Identity Center, STS and the runner's OIDC endpoint on one port of this machine.
 *
 * @param onCall gets each call as soon as its outcome is known
 */
export async function startSimulator(options: SimulatorOptions = {}, onCall: (call: Call) => void = () => {}) {
  const settings = withDefaults(options)
  const { now, region, roleArn } = settings
  const startedMs = now()
  const clock = () => settings.signersNow() + settings.clockOffsetMs

  const instance = new Instance(settings)
  const ssoAdmin = createSsoAdmin(settings, instance)
  const identities = new Identities()
  const tokens = new TokenIssuer(clock)
  const route = createRouter({ settings, ssoAdmin, identities, tokens, clock })
  const findFaults = createRuleFinder(settings.random)
  const calls: Call[] = []
  const secrets = new Set([...Object.values(longLivedKey), tokens.requestToken])
  const obtainedSecrets = new Set<string>()

  // Clients keep connections for reuse; one closed just as it is reused would look like a fault that nobody asked for.
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    handle(request, response).catch((error: Error) => response.destroy(error))
  })
  const connections = { made: 0, mostOpen: 0 }
  let open = 0
  server.on('connection', (socket) => {
    connections.made += 1
    open += 1
    connections.mostOpen = Math.max(connections.mostOpen, open)
    socket.on('close', () => {
      open -= 1
    })
    if (settings.connectionMs < Number.POSITIVE_INFINITY) settings.sleep(settings.connectionMs).then(() => socket.end())
  })
  server.listen(settings.port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : settings.port}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request
    const userAgent = headers['user-agent'] ?? ''
    settings.onArrival(userAgent)
    const at = now() - startedMs
    const received = { method, url: new URL(request.url ?? '/', endpoint), headers, body: await buffer(request) }
    const routed = route(received)
    const { service, operation, input } = routed
    const subject = subjectOf(instance, operation, input, at)
    const { requestId } = subject
    const [{ fault } = {}] = findFaults(settings.faults, subject)
    const { answer, outcome } = await answerTo(routed, fault)
    const call = { at, service, operation, requestId, input, outcome, accessKeyId: accessKeyIdOf(headers), userAgent }
    calls.push(call)
    onCall(call)
    for (const secret of answer.secrets ?? []) {
      secrets.add(secret)
      if (fault === undefined) obtainedSecrets.add(secret)
    }
    if (settings.latencyMs > 0) await settings.sleep(settings.latencyMs)
    response.setHeader('date', new Date(clock()).toUTCString())
    await deliver(response, answer, fault, settings)
  }

  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  const oidc = { url: `${endpoint}/oidc/token?api-version=2.0`, requestToken: tokens.requestToken }
  const location = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_EC2_METADATA_DISABLED: 'true' }

  return {
    endpoint,
    region,
    /** What it serves: permission sets can be added and changed there, and the truth be seen. */
    instance,
    instanceArn: instance.arn,
    get permissionSetArn() {
      return instance.permissionSet.arn
    },
    get permissionSetName() {
      return instance.permissionSet.name
    },
    accountIds: instance.accountIds,
    /** A long-lived access key that it accepts. */
    credentials: longLivedKey,
    /** Where and with what the job gets its OIDC token. */
    oidc,
    roleArn,
    calls,
    /** How many connections were made, and how many were open at the same time. */
    connections,
    /** Every key, token and password of a session that exists so far. */
    secrets,
    /** Those of them that a call got, in a whole answer. */
    obtainedSecrets,
    /** The variables that lead an SDK or the AWS CLI here, with the long-lived access key. */
    environment: (): Record<string, string> => ({
      ...location,
      AWS_ACCESS_KEY_ID: longLivedKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: longLivedKey.secretAccessKey,
    }),
    /** The same for a job that has no credentials yet and may ask for OIDC tokens. */
    oidcEnvironment: (): Record<string, string> => ({
      ...location,
      ACTIONS_ID_TOKEN_REQUEST_URL: oidc.url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidc.requestToken,
    }),
    /** Starts requests without a call: so many alike, so many as the function says, or one for each plan. Returns their IDs, in order. */
    start: (...plans: Parameters<Instance['startAll']>) => instance.startAll(...plans),
    /** Temporary credentials without a call, as an earlier step of a job would have left them. */
    issueCredentials(seconds: number): Required<Credentials> {
      const identity = identities.assume(roleArn, 'earlier-step', clock() + seconds * 1000)
      const { accessKeyId, secretAccessKey, sessionToken } = identity
      for (const secret of [accessKeyId, secretAccessKey, sessionToken]) secrets.add(secret)
      return { accessKeyId, secretAccessKey, sessionToken }
    },
    /** Ends the session of an access key at once. */
    expire(accessKeyId: string) {
      const identity = identities.get(accessKeyId)
      if (identity) identity.expiresMs = clock()
    },
    /** Changes how the simulator behaves from the next call, or request, on. */
    configure: (patch: Partial<Behaviour>) => void Object.assign(settings, patch),
    /** Stops at once, whatever connections are open. */
    close,
    [Symbol.asyncDispose]: close,
  }
}
