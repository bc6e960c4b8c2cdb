import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { promisify } from 'node:util'
import { folderWith } from './folder.ts'
import { type Listening, listen, pipeTo } from './servers.ts'

/** A certificate authority of this machine, and a certificate that it has issued. */
export interface Authority extends AsyncDisposable {
  /** For `NODE_EXTRA_CA_CERTS`. */
  readonly file: string
  readonly key: string
  readonly cert: string
}

const run = promisify(execFile)

/** Made by OpenSSL, anew each time, so that no key is ever kept. */
export async function createAuthority(hosts: readonly string[]): Promise<Authority> {
  const folder = await folderWith()
  const openssl = (options: string, name: string) =>
    run('openssl', [...options.split(' '), '-subj', `/CN=${name}`], { cwd: folder.path })
  const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`)).join(',')
  await folder.write(`subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`, 'extensions')
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  await openssl(`req -x509 ${newKey} -days 2 -keyout ca.key -out ca.pem`, 'Local authority')
  await openssl(`req ${newKey} -keyout key.pem -out request.pem`, 'Local server')
  const sign =
    'x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out cert.pem'
  await run('openssl', sign.split(' '), { cwd: folder.path })
  const [key, cert] = await Promise.all(
    ['key.pem', 'cert.pem'].map((name) => readFile(join(folder.path, name), 'utf8')),
  )
  return {
    file: join(folder.path, 'ca.pem'),
    key: key ?? '',
    cert: cert ?? '',
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  }
}

/** AWS and GitHub as they are reached over HTTPS: takes off the TLS, and leads to a port of this machine. */
export function startTlsServer({ key, cert }: Authority, targetPort: number): Promise<Listening> {
  const server = createServer({ key, cert }, (socket) => pipeTo(targetPort, socket))
  server.on('tlsClientError', () => {})
  return listen(server)
}
