import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from './answers.ts'
import type { Fault } from './faults.ts'
import { isMembers } from './members.ts'

/** Long enough for the client to have read what was sent, before a reset throws it away. */
const beforeResetMs = 20

/** Sends an answer, or what a fault leaves of it. Faults that replace the answer are not dealt with here. */
export async function deliver(response: ServerResponse, answer: Answer, fault: Fault | undefined): Promise<void> {
  const text = fault?.kind === 'patch' ? patched(answer.body, fault.patch) : answer.body
  const body = Buffer.from(text)
  const { socket } = response
  if (fault?.kind === 'hang' || !socket) return

  if (fault?.kind === 'reset') {
    if (fault.when === 'inside-headers') socket.write(`HTTP/1.1 ${answer.status} OK\r\nContent-Ty`)
    if (fault.when === 'after-headers') {
      response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length }).flushHeaders()
    }
    if (fault.when !== 'before-headers') await sleep(beforeResetMs)
    socket.resetAndDestroy()
    return
  }

  response.writeHead(answer.status, { 'content-length': body.length, ...answer.headers })
  if (fault?.kind === 'truncate') {
    response.write(body.subarray(0, body.length / 2))
    socket.destroySoon()
    return
  }
  if (fault?.kind === 'drip') {
    for (const byte of body) {
      if (socket.destroyed) return
      response.write(Buffer.of(byte))
      await sleep(1000, undefined, { ref: false })
    }
  }
  response.end(fault?.kind === 'drip' ? undefined : body)
}

function patched(body: string, patch: (Fault & { kind: 'patch' })['patch']): string {
  const answer: unknown = JSON.parse(body)
  if (typeof patch === 'function') return JSON.stringify(patch(answer))
  if (!isMembers(answer)) return body
  const [[wrapper, structure] = [], ...others] = Object.entries(answer)
  const isWrapped = wrapper !== undefined && others.length === 0 && isMembers(structure)
  return JSON.stringify(isWrapped ? { [wrapper]: { ...structure, ...patch } } : { ...answer, ...patch })
}
