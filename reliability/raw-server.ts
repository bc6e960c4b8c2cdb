import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { portOf } from './wire.ts'

/** A server that speaks no protocol but what it is told to. */
export interface RawServer extends AsyncDisposable {
  readonly port: number
  readonly connections: number
}

/** @param onConnection does what a socket is to see */
export async function startRawServer(onConnection: (socket: Socket) => void, port = 0): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    onConnection(socket)
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    port: portOf(server.address()),
    get connections() {
      return connections
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A port of this machine that nobody listens on. */
export async function unusedPort(): Promise<number> {
  await using server = await startRawServer(() => {})
  return server.port
}

/** Answers each piece that a client sends with the same bytes, and leaves the connection as it is. */
export function saying(text: string): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', () => socket.write(text))
  }
}
