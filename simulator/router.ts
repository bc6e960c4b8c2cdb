import { randomUUID } from 'node:crypto'
import { type Answer, errorOf, jsonAnswer, jsonError, ServiceError, xmlError } from './answers.ts'
import type { Fault } from './faults.ts'
import type { Identities } from './identities.ts'
import { isMembers, type Members } from './members.ts'
import type { TokenIssuer } from './oidc.ts'
import type { Settings } from './settings.ts'
import { type Received, verifySignature } from './signature.ts'
import type { SsoAdmin } from './sso-admin.ts'
import { assumeRoleWithWebIdentity } from './sts.ts'

/** A call as the service that it is for understands it. */
export interface Routed {
  service: 'sso' | 'sts' | 'oidc'
  operation: string
  input: Members
  /** @throws ServiceError */
  respond: (staleByMs: number) => Answer | Promise<Answer>
  refuse: (error: ServiceError) => Answer
}

interface Services {
  settings: Settings
  ssoAdmin: SsoAdmin
  identities: Identities
  tokens: TokenIssuer
  /** Milliseconds since 1970, for signatures and sessions. */
  clock: () => number
}

/** Tells which of the services a call is for, from its path and headers. */
export function createRouter(services: Services): (received: Received) => Routed {
  return (received) => {
    if (received.url.pathname === '/oidc/token') return toOidc(received, services)
    return received.headers['x-amz-target'] === undefined ? toSts(received, services) : toSso(received, services)
  }
}

function toOidc({ headers, url }: Received, { tokens }: Services): Routed {
  const respond = () => {
    if (headers.authorization !== `Bearer ${tokens.requestToken}`) {
      throw new ServiceError('Unauthorized', 'The request token is missing or wrong.', 401)
    }
    const value = tokens.issue(url.searchParams.get('audience') ?? 'https://github.com/octo-org')
    return { ...jsonAnswer({ value }), secrets: [value] }
  }
  const input = Object.fromEntries(url.searchParams)
  return { service: 'oidc', operation: 'GetIdToken', input, respond, refuse: jsonError }
}

function toSts(received: Received, { clock, identities, settings, tokens }: Services): Routed {
  const form = new URLSearchParams(received.body.toString())
  const operation = form.get('Action') ?? ''
  const respond = async () => {
    if (operation === 'AssumeRoleWithWebIdentity') {
      return assumeRoleWithWebIdentity(form, settings, tokens, identities, clock())
    }
    throw new ServiceError('InvalidAction', `Could not find operation ${operation}`)
  }
  return { service: 'sts', operation, input: Object.fromEntries(form), respond, refuse: xmlError }
}

function toSso(received: Received, { clock, identities, settings, ssoAdmin }: Services): Routed {
  const operation = String(received.headers['x-amz-target']).replace('SWBExternalService.', '')
  const input = parseJson(received.body.toString())
  const respond = async (staleByMs: number) => {
    const { region } = settings
    const caller = await verifySignature(received, { identities, region, nowMs: clock() })
    if (!isMembers(input)) throw new ServiceError('SerializationException', 'The body must be a JSON object.')
    const httpRequestId = randomUUID()
    return jsonAnswer(ssoAdmin(operation, input, caller.arn, { byMs: staleByMs, httpRequestId }), { httpRequestId })
  }
  return { service: 'sso', operation, input: isMembers(input) ? input : {}, respond, refuse: jsonError }
}

/** The answer before delivery: the fault's own, where it has one, else the service's. */
export async function answerTo({ respond, refuse }: Routed, fault: Fault | undefined) {
  if (fault?.kind === 'http') {
    const { status, headers = {}, body = '' } = fault
    return { answer: { status, headers, body }, outcome: fault.kind }
  }
  try {
    if (fault?.kind === 'error') throw errorOf(fault)
    return { answer: await respond(fault?.kind === 'stale' ? fault.byMs : 0), outcome: fault?.kind ?? 'ok' }
  } catch (error) {
    const refusal = error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500)
    return { answer: refuse(refusal), outcome: fault && fault.kind !== 'error' ? fault.kind : refusal.code }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
