import { randomUUID } from 'node:crypto'
import type { Fault } from './faults.ts'

/** A whole HTTP answer, before any fault is done to it. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
  /** Credentials and tokens in the body. */
  secrets?: readonly string[]
}

/** A refusal, not yet in the form that one of the protocols gives it. */
export class ServiceError extends Error {
  readonly code: string
  readonly httpStatus: number
  /** The `Reason` member that some exceptions carry, such as `KMS_AccessDeniedException`. */
  readonly reason: string | undefined

  constructor(code: string, message: string, httpStatus = 400, reason?: string) {
    super(message)
    this.code = code
    this.httpStatus = httpStatus
    this.reason = reason
  }
}

/** AWS's words for both ways of throttling, and for a conflict, from public issue trackers. */
export const throttlingTexts = [
  'Rate exceeded',
  'There are too many requests processing. Please try again later.',
] as const
const usualTexts: Readonly<Record<string, string>> = {
  ThrottlingException: throttlingTexts[0],
  ConflictException: 'There is a conflicting operation in process.',
}

/** The refusal that a fault stands for. */
export function errorOf(fault: Fault & { kind: 'error' }): ServiceError {
  const { code, message = usualTexts[code] ?? code, httpStatus, reason } = fault
  return new ServiceError(code, message, httpStatus ?? (code === 'InternalServerException' ? 500 : 400), reason)
}

/** AWS JSON 1.1; members that are undefined are left out. */
export function jsonAnswer(body: object, { status = 200, httpRequestId = randomUUID() } = {}): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': httpRequestId }
  return { status, headers, body: jsonText(body) }
}

/**
 * JSON as AWS writes it: with dates in Java's notation, such as `1.620918581641E9`
 * (https://github.com/hashicorp/terraform-provider-aws/issues/19341). In a text, the quotes around a name would have a backslash.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    /("\w+Date":)(\d+(?:\.\d+)?)\b/g,
    (_, name: string, seconds: string) => `${name}${Number(seconds).toExponential().replace('e+', 'E')}`,
  )
}

export function jsonError({ code, message, reason, httpStatus }: ServiceError): Answer {
  return jsonAnswer({ __type: code, Message: message, Reason: reason }, { status: httpStatus })
}

/** An element tree as the AWS query protocol nests it. */
export interface XmlTree {
  [element: string]: string | XmlTree
}

/** AWS query protocol: the tree must have one root, and the request ID goes where that root wants it. */
export function xmlAnswer(tree: XmlTree, status = 200): Answer {
  const requestId = randomUUID()
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }
  const metadata: XmlTree = status === 200 ? { ResponseMetadata: { RequestId: requestId } } : { RequestId: requestId }
  const [[root, children] = ['', {}]] = Object.entries(tree)
  const content = `${xml(children)}${xml(metadata)}`
  return { status, headers, body: `<${root} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${content}</${root}>` }
}

export function xmlError({ code, message, httpStatus }: ServiceError): Answer {
  const type = httpStatus < 500 ? 'Sender' : 'Receiver'
  return xmlAnswer({ ErrorResponse: { Error: { Type: type, Code: code, Message: message } } }, httpStatus)
}

function xml(node: string | XmlTree): string {
  if (typeof node === 'string') return node.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  return Object.entries(node)
    .map(([name, child]) => `<${name}>${xml(child)}</${name}>`)
    .join('')
}
