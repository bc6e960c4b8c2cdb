import { once } from 'node:events'
import { request as forward } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Authority } from './authority.ts'
import { portOf } from './wire.ts'

/** AWS and GitHub as they are reached over HTTPS: it takes off the TLS, and hands on to a port of this machine. */
export interface TlsServer extends AsyncDisposable {
  readonly port: number
  readonly server: Server
  /** The hosts that it was asked for, as the clients have it. */
  readonly hosts: readonly string[]
}

export async function startTlsServer({ key, cert }: Authority, targetPort: number): Promise<TlsServer> {
  const hosts: string[] = []
  const server = createServer({ key, cert, keepAliveTimeout: 600_000 }, (request, response) => {
    const { method, url, headers } = request
    hosts.push(headers.host ?? '')
    const onward = forward({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('tlsClientError', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: portOf(server.address()),
    server,
    hosts,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
