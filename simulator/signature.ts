import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { ServiceError } from './answers.ts'
import type { Identity } from './identities.ts'

/** A call as it arrived. */
export interface Received {
  method: string
  url: URL
  headers: IncomingHttpHeaders
  body: Buffer
}

/** What a signature is checked against. */
export interface Trust {
  identities: ReadonlyMap<string, Identity>
  region: string
  nowMs: number
}

const authorizationPattern =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/(?<day>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request,\s*SignedHeaders=(?<signed>[^,]+),\s*Signature=(?<signature>[0-9a-f]{64})$/
const timestampPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
/** The name of Identity Center in a signature. */
const service = 'sso'
const toleranceMs = 5 * 60_000

/** The access key that a call claims to be signed with. */
export function accessKeyIdOf(headers: IncomingHttpHeaders): string | undefined {
  return authorizationPattern.exec(headers.authorization ?? '')?.groups?.['key']
}

/**
 * Who signed a call, by Signature Version 4.
 *
 * @throws ServiceError with AWS's code, when nobody did, nobody known, too long ago or wrongly
 */
export async function verifySignature(received: Received, trust: Trust): Promise<Identity> {
  const { headers, body } = received
  if (!headers.authorization) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  }
  const claim = authorizationPattern.exec(headers.authorization)?.groups
  const timestamp = String(headers['x-amz-date'])
  const [, year, month, day, hour, minute, second] = timestampPattern.exec(timestamp) ?? []
  if (!claim || !year) {
    throw new ServiceError('IncompleteSignatureException', 'The Authorization or X-Amz-Date header is malformed.')
  }

  const identity = trust.identities.get(claim['key'] ?? '')
  if (!identity || headers['x-amz-security-token'] !== identity.sessionToken) {
    throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.')
  }
  if (identity.expiresMs <= trust.nowMs) {
    throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired')
  }
  if (claim['service'] !== service || claim['region'] !== trust.region) {
    throw refused(`Credential should be scoped to region '${trust.region}' and service '${service}'.`)
  }
  const signingDate = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  checkAge(signingDate.getTime(), trust.nowMs)

  const payloadHash = headers['x-amz-content-sha256']
  const isIntact = payloadHash === undefined || payloadHash === createHash('sha256').update(body).digest('hex')
  const signedHeaders = new Set(claim['signed']?.split(';'))
  const expected = await sign(received, signedHeaders, signingDate, identity, trust)
  const isOnTheDay = claim['day'] === timestamp.slice(0, 8)
  if (!isIntact || !isOnTheDay || !signedHeaders.has('host') || !equal(expected, claim['signature'] ?? '')) {
    throw refused(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  }
  return identity
}

/** The signature that the call should carry: the library signs it again, with the headers that were signed and no others. */
async function sign(received: Received, signedHeaders: Set<string>, signingDate: Date, by: Identity, trust: Trust) {
  const { method, url, headers, body } = received
  const signer = new SignatureV4({
    credentials: { accessKeyId: by.accessKeyId, secretAccessKey: by.secretAccessKey },
    region: trust.region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  })
  const request = {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries([...signedHeaders].map((name) => [name, String(headers[name])])),
    body,
  }
  const signed = await signer.sign(request, { signingDate, signableHeaders: signedHeaders })
  return authorizationPattern.exec(signed.headers['authorization'] ?? '')?.groups?.['signature'] ?? ''
}

function checkAge(signedMs: number, nowMs: number): void {
  const [signed, now] = [compact(signedMs), compact(nowMs)]
  if (signedMs < nowMs - toleranceMs) {
    throw refused(`Signature expired: ${signed} is now earlier than ${compact(nowMs - toleranceMs)} (${now} - 5 min.)`)
  }
  if (signedMs > nowMs + toleranceMs) {
    throw refused(
      `Signature not yet current: ${signed} is still later than ${compact(nowMs + toleranceMs)} (${now} + 5 min.)`,
    )
  }
}

const refused = (message: string) => new ServiceError('InvalidSignatureException', message)
const compact = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')

/** In constant time, as befits an example of how to compare signatures. */
function equal(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
