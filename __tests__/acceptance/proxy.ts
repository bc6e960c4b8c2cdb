import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'

/** A proxy that notes what it is asked for. */
export interface Proxy extends AsyncDisposable {
  /** With a password in it. */
  url: string
  password: string
  /** `METHOD target`, as in `CONNECT sso.eu-central-1.amazonaws.com:443`. */
  asked: string[]
}

/** Starts a proxy that forwards plain HTTP, and answers CONNECT with a refusal: there is no TLS here to tunnel. */
export async function startProxy(): Promise<Proxy> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    asked.push(`${method} ${url}`)
    const onward = forward(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connect', ({ url = '' }, socket) => {
    asked.push(`CONNECT ${url}`)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const password = 'pr0xy-passw0rd'
  return {
    url: `http://somebody:${password}@127.0.0.1:${port}`,
    password,
    asked,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
