import { setTimeout as sleep } from 'node:timers/promises'
import { describeStatus } from '../../__tests__/acceptance/support.ts'
import type { Fault } from '../../simulator/simulator.ts'
import { saying, startRawServer, unusedPort } from '../raw-server.ts'
import type { Row, Scene } from '../row.ts'
import { startWire } from '../wire.ts'
import { first, lasting, passing, shortDeadline, shortDeadlineSeconds } from './patterns.ts'

const topic = 'Connections'
const resets = ['before-headers', 'inside-headers', 'after-headers'] as const
const broken = /ECONNRESET|socket hang up|aborted|broke|reset|closed|cut/i

/** Takes the place of AWS, on a port of this machine. */
async function leadTo(scene: Scene, port: number, scheme = 'http'): Promise<void> {
  scene.environment['AWS_ENDPOINT_URL'] = `${scheme}://127.0.0.1:${port}`
}

/** A server in AWS's place that speaks no HTTP, or too little. */
function raw(name: string, onConnection: Parameters<typeof startRawServer>[0], told: RegExp, scheme = 'http'): Row {
  return {
    topic,
    name: `${name}, until the deadline`,
    inputs: shortDeadline,
    arrange: async (scene, started) => {
      const server = started.use(await startRawServer(onConnection))
      await leadTo(scene, server.port, scheme)
    },
    expected: { verdict: 'timed-out', status: null, seconds: shortDeadlineSeconds, secondsAtLeast: 1.8, told },
  }
}

/** Takes 10 s to be given up. */
const givenUp = { slow: true, expected: { seconds: 14, secondsAtLeast: 10 } }

/** The way to AWS is broken, or gives less than an answer. */
export const connections: readonly Row[] = [
  {
    topic,
    name: 'connection refused at first',
    arrange: async (scene, started) => {
      const port = await unusedPort()
      await leadTo(scene, port)
      const { simulator } = scene
      const opened = sleep(1_500).then(() => startRelay(port, Number(new URL(simulator.endpoint).port)))
      started.defer(async () => (await opened)[Symbol.asyncDispose]())
    },
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 8, secondsAtLeast: 1.5 },
  },
  {
    topic,
    name: 'connection refused, until the deadline',
    inputs: shortDeadline,
    arrange: async (scene) => leadTo(scene, await unusedPort()),
    expected: {
      verdict: 'timed-out',
      status: null,
      seconds: shortDeadlineSeconds,
      secondsAtLeast: 1.8,
      told: /ECONNREFUSED/,
    },
  },
  ...resets.flatMap((when) => {
    const fault: Fault = { kind: 'reset', when }
    const name = `reset ${when.replace('-headers', ' the headers')}`
    return [passing(topic, `${name}, twice`, first(2, fault)), lasting(topic, name, fault, broken)]
  }),
  passing(topic, 'a body cut short, twice', first(2, { kind: 'truncate' })),
  lasting(topic, 'a body cut short', { kind: 'truncate' }, broken),
  passing(topic, 'a body that drips a byte a second, once', first(1, { kind: 'drip' }), givenUp),
  lasting(topic, 'a body that drips a byte a second', { kind: 'drip' }, /did not answer/),
  passing(topic, 'a call taken and never answered, once', first(1, { kind: 'hang' }), givenUp),
  lasting(topic, 'a call taken and never answered', { kind: 'hang' }, /did not answer/),
  raw('a server that accepts and says nothing', () => {}, /did not answer/),
  raw('a server that accepts, reads nothing and says nothing', (socket) => socket.pause(), /did not answer/),
  raw('a TLS handshake that is never answered', () => {}, /did not answer/, 'https'),
  raw('HTTP where TLS is expected', saying('HTTP/1.1 400 Bad Request\r\n\r\n'), /connection to AWS failed/i, 'https'),
  raw('a server that closes at once', (socket) => socket.end(), broken),
  raw('a server that resets at once', (socket) => socket.resetAndDestroy(), broken),
  raw('a greeting of another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'), /connection to AWS failed/i),
  raw(
    'headers without end',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write(`x-${'y'.repeat(500)}: z\r\n`), 5)
      socket.on('close', () => clearInterval(timer))
    },
    /connection to AWS failed|did not answer/i,
  ),
  raw('100 Continue and no more', saying('HTTP/1.1 100 Continue\r\n\r\n'), /did not answer/),
  raw(
    'a chunk that never ends',
    saying('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7fffffff\r\n{"Permiss'),
    /did not answer/,
  ),
  raw(
    'two lengths that contradict each other',
    saying('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
    /connection to AWS failed/i,
  ),
  {
    topic,
    name: 'a connection that is closed between two calls',
    simulator: { seconds: 4 },
    arrange: async (scene, started) => {
      const wire = started.use(await startWire(Number(new URL(scene.simulator.endpoint).port), { closesAfterMs: 700 }))
      await leadTo(scene, wire.port)
    },
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 9, secondsAtLeast: 3.5 },
  },
  {
    topic,
    name: 'everything goes wrong once, in turn',
    simulator: {
      faults: (
        [
          { kind: 'reset', when: 'before-headers' },
          { kind: 'http', status: 200, body: '<html>' },
          { kind: 'truncate' },
        ] as const
      ).map((fault, index) => ({ operation: describeStatus, from: index + 1, to: index + 1, fault })),
    },
    // Pauses of 0.5, 1 and 2 s.
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 9 },
  },
]

/** Makes a port that was refused lead somewhere. */
async function startRelay(port: number, targetPort: number): Promise<AsyncDisposable> {
  return startWire(targetPort, { port })
}
