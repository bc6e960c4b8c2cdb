import type { ServerResponse } from 'node:http'
import { type Answer, jsonText } from './answers.ts'
import { type Fault, patched } from './faults.ts'
import type { Settings } from './settings.ts'

/** Long enough for the client to have read what was sent, before a reset throws it away. */
const beforeResetMs = 20

/** Sends an answer, or what a fault leaves of it. Faults that replace the answer are not dealt with here. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  fault: Fault | undefined,
  { sleep }: Pick<Settings, 'sleep'>,
): Promise<void> {
  const text = fault?.kind === 'patch' ? jsonText(patched(JSON.parse(answer.body), fault)) : answer.body
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
      await sleep(1000)
    }
  }
  response.end(fault?.kind === 'drip' ? undefined : body)
}
