import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A server of this machine that ends, with all its connections, at the end of the block. */
export interface Listening extends AsyncDisposable {
  readonly port: number
}

export async function listen(server: Server, port = 0): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('It listens on no port')
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A server that speaks no protocol: `onConnection` does what a socket is to see. */
export function startRawServer(onConnection: (socket: Socket) => unknown): Promise<Listening> {
  return listen(createServer(onConnection))
}

/** A port of this machine that refuses connections. One that was free a moment ago may have been given to another test's server by now. */
export const refusingPort = 2

/** Joins a socket to a port of this machine, both ways. */
export function pipeTo(port: number, socket: NodeJS.ReadWriteStream): void {
  const target = connect(port, '127.0.0.1')
  target.on('error', () => socket.end())
  socket.on('error', () => target.destroy())
  socket.on('close', () => target.destroy())
  target.pipe(socket).pipe(target)
}
