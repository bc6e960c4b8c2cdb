import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { answered, expectEnding, expectInTime, unanswered } from '../support/expectations.ts'
import { startRawServer } from '../support/servers.ts'
import { simulate, type TestSimulator, waitFor, waitForOne } from '../support/step.ts'

const failed = /connection to AWS failed/i
const unanswering = /did not answer/
const broken = /ECONNRESET|socket hang up|aborted|broke|reset|closed|cut/i

/** Answers each piece that a client sends with the same bytes, and leaves the connection as it is. */
const saying = (text: string) => (socket: Socket) => void socket.on('data', () => socket.write(text))

function sendHeadersWithoutEnd(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n')
  const timer = setInterval(() => socket.write(`x-${'y'.repeat(500)}: z\r\n`), 5)
  socket.on('close', () => clearInterval(timer))
}

test.concurrent.each<[string, (socket: Socket) => void, RegExp, 'http' | 'https']>([
  ['accepts and says nothing', () => {}, unanswering, 'http'],
  ['never answers a TLS handshake', () => {}, unanswering, 'https'],
  ['speaks HTTP where TLS is expected', saying('HTTP/1.1 400 Bad Request\r\n\r\n'), failed, 'https'],
  ['resets at once', (socket) => socket.resetAndDestroy(), broken, 'http'],
  ['greets in another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'), failed, 'http'],
  ['sends headers without end', sendHeadersWithoutEnd, /connection to AWS failed|did not answer/i, 'http'],
  [
    'sends a chunk that never ends',
    saying('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7fffffff\r\n{"Permiss'),
    unanswering,
    'http',
  ],
  [
    'gives two lengths that contradict each other',
    saying('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
    failed,
    'http',
  ],
])('a server that %s until the deadline ends the step as timed-out, and people read why', async (...row) => {
  const [, onConnection, cause, scheme] = row
  await using server = await startRawServer(onConnection)
  const { request, step } = await waitForOne({
    timeoutMinutes: 0.03,
    environment: { AWS_ENDPOINT_URL: `${scheme}://127.0.0.1:${server.port}` },
  })

  expectEnding(step, 'timed-out', unanswered(request, expect.stringMatching(cause)))
  expect(step.errors[0]?.message).toMatch(cause)
  expect(step.durationMs).toBeGreaterThan(1_800)
  expectInTime(step, 1_800)
})

test.concurrent('a connection that is refused at first is tried again', async () => {
  // Below those that the system gives out by itself.
  const port = 20_000 + Math.floor(Math.random() * 10_000)
  await using simulator = await simulate()
  const requestId = '5a1b2c3d-0123-4567-89ab-0123456789ab'
  const late: { simulator?: TestSimulator } = {}

  const waited = waitFor(simulator, [requestId], { environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } })
  await sleep(1_500)
  late.simulator = await simulate({ port })
  late.simulator.start({ requestId })

  expectEnding(await waited, 'succeeded', answered(simulator, requestId, 'SUCCEEDED'))
  await late.simulator.close()
})

test.concurrent('connections that are closed between two calls are made anew', async () => {
  const { simulator, request, step } = await waitForOne({ seconds: 4, connectionMs: 700 })

  expectEnding(step, 'succeeded', answered(simulator, request, 'SUCCEEDED'))
  expect(simulator.connections.made).toBeGreaterThan(2)
})
