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
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request,\s*SignedHeaders=(?<signed>[^,]+),\s*Signature=[0-9a-f]{64}$/
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
  const { authorization, 'x-amz-date': date, 'x-amz-security-token': token } = received.headers
  if (!authorization) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  }
  const claim = authorizationPattern.exec(authorization)?.groups
  const signingDate = new Date(String(date).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  if (!claim || Number.isNaN(signingDate.getTime())) {
    throw new ServiceError('IncompleteSignatureException', 'The Authorization or X-Amz-Date header is malformed.')
  }
  const identity = trust.identities.get(claim['key'] ?? '')
  if (!identity || token !== identity.sessionToken) {
    throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.')
  }
  if (identity.expiresMs <= trust.nowMs) {
    throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired')
  }
  if (claim['service'] !== service || claim['region'] !== trust.region) {
    throw refused(`Credential should be scoped to region '${trust.region}' and service '${service}'.`)
  }
  checkAge(signingDate.getTime(), trust.nowMs)
  const signed = new Set(['host', ...(claim['signed'] ?? '').split(';')])
  if ((await sign(received, signed, signingDate, identity, trust)) !== authorization.replace(/,\s*/g, ', ')) {
    throw refused(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  }
  return identity
}

/** The Authorization that the call should have: the library signs it again, with the headers that were signed and no others. */
async function sign(received: Received, signed: Set<string>, signingDate: Date, by: Identity, { region }: Trust) {
  const { method, url, headers, body } = received
  const { accessKeyId, secretAccessKey } = by
  const credentials = { accessKeyId, secretAccessKey }
  // The library makes the hash of the body anew.
  const applyChecksum = signed.delete('x-amz-content-sha256')
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum })
  const request = {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries([...signed].map((name) => [name, String(headers[name])])),
    body,
  }
  return (await signer.sign(request, { signingDate, signableHeaders: signed })).headers['authorization']
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
