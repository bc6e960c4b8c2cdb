import type { Server as HttpsServer } from 'node:https'
import { Server } from 'proxy-chain'
import type { Authority } from './authority.ts'

/** A proxy that tunnels by CONNECT, wherever a tunnel is to lead: to one server of this machine. */
export interface ConnectProxy extends AsyncDisposable {
  readonly port: number
  /** `host:port` of every tunnel that was asked for, refused ones included. */
  readonly asked: readonly string[]
}

export interface ConnectProxyOptions {
  /** Where tunnels lead. */
  readonly target: HttpsServer
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Has the proxy itself speak TLS. */
  readonly authority?: Authority
}

export async function startConnectProxy({
  target,
  credentials,
  authority,
}: ConnectProxyOptions): Promise<ConnectProxy> {
  const asked: string[] = []
  const common = {
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction: ({
      hostname,
      port,
      username,
      password,
    }: {
      hostname: string
      port: number
      username: string
      password: string
    }) => {
      asked.push(`${hostname}:${port}`)
      const allowed = !credentials || (username === credentials.username && password === credentials.password)
      return { requestAuthentication: !allowed, customConnectServer: target }
    },
  }
  const proxy = new Server(
    authority ? { ...common, serverType: 'https', httpsOptions: { key: authority.key, cert: authority.cert } } : common,
  )
  proxy.on('tlsError', () => {})
  await proxy.listen()
  return { port: proxy.port, asked, [Symbol.asyncDispose]: () => proxy.close(true) }
}
