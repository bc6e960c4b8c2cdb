import { createServer, request as forward, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Authority } from './authority.ts'
import { type Listening, listen, pipeTo } from './servers.ts'

interface ProxyOptions {
  /** Gets what it is asked for: `METHOD target`, as in `CONNECT sso.eu-central-1.amazonaws.com:443`. */
  asked: string[]
  /** The port of this machine to which every tunnel leads, whatever host it is asked for; tunnels are refused unless given. */
  tunnelsTo?: number
  /** What it lets in alone; everybody unless given. */
  login?: { username: string; password: string }
  /** Has the proxy itself speak TLS. */
  authority?: Authority
}

/** Starts a proxy that forwards plain HTTP, and tunnels by CONNECT where it may. */
export async function startProxy({ asked, tunnelsTo, login, authority }: ProxyOptions): Promise<Listening> {
  const onRequest: RequestListener = (request, response) => {
    const { method = '', url = '', headers } = request
    asked.push(`${method} ${url}`)
    const onward = forward(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  }
  const server = authority ? createTlsServer(authority, onRequest) : createServer(onRequest)
  server.on('connect', ({ url = '', headers }, socket) => {
    asked.push(`CONNECT ${url}`)
    const authorization = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
    socket.on('error', () => {})
    if (authorization && headers['proxy-authorization'] !== authorization) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    } else if (tunnelsTo === undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    } else {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      pipeTo(tunnelsTo, socket)
    }
  })
  return listen(server)
}
