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

/** The refusal that a fault stands for. */
export function errorOf({ code, message = code, httpStatus, reason }: Fault & { kind: 'error' }): ServiceError {
  return new ServiceError(code, message, httpStatus ?? (code === 'InternalServerException' ? 500 : 400), reason)
}

/** AWS JSON 1.1; members that are undefined are left out. */
export function jsonAnswer(body: object, status = 200): Answer {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() }
  return { status, headers, body: JSON.stringify(body) }
}

export function jsonError({ code, message, reason, httpStatus }: ServiceError): Answer {
  return jsonAnswer({ __type: code, Message: message, Reason: reason }, httpStatus)
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
