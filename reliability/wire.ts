import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What lies between the action and the simulator: it changes nothing, and takes notice of connections and of secrets that go by. */
export interface Wire extends AsyncDisposable {
  readonly port: number
  /** How many connections were made, and how many were open at the same time. */
  readonly connections: number
  readonly mostConnections: number
  /** Credentials and tokens that were handed out through it. */
  readonly secrets: ReadonlySet<string>
}

/** As STS and GitHub's token service hand them out. */
const handedOut = [
  /<(?:AccessKeyId|SecretAccessKey|SessionToken)>([^<]+)</g,
  /^\{"value":"([^"]+)"\}/gm,
  /(?:Basic|Bearer) ([\w+/=.-]+)/g,
]
/** Longer than any of them. */
const tailLength = 4_096

export interface WireOptions {
  /** Free choice unless given. */
  readonly port?: number
  /** Closes every connection so long after it was made. */
  readonly closesAfterMs?: number
}

/** Starts a wire to a port of this machine. */
export async function startWire(targetPort: number, { port = 0, closesAfterMs }: WireOptions = {}): Promise<Wire> {
  const sockets = new Set<Socket>()
  const secrets = new Set<string>()
  let connections = 0
  let mostConnections = 0

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    connections += 1
    if (closesAfterMs !== undefined) setTimeout(() => client.end(), closesAfterMs)
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from)
      const listen = listenerFor(secrets)
      from.on('data', (bytes) => {
        listen(bytes)
        if (!to.write(bytes)) from.pause()
      })
      to.on('drain', () => from.resume())
      from.on('end', () => to.end())
      // A reset is passed on as one.
      from.on('error', () => to.resetAndDestroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroySoon()
      })
    }
    mostConnections = Math.max(mostConnections, sockets.size / 2)
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    port: portOf(server.address()),
    secrets,
    get connections() {
      return connections
    },
    get mostConnections() {
      return mostConnections
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

export function portOf(address: { port: number } | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('It listens on no port')
  return address.port
}

function listenerFor(secrets: Set<string>): (bytes: Buffer) => void {
  let tail = ''
  return (bytes) => {
    const text = tail + bytes.toString('latin1')
    for (const pattern of handedOut) for (const [, secret = ''] of text.matchAll(pattern)) secrets.add(secret)
    tail = text.slice(-tailLength)
  }
}
