import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A name server has to listen on port 53, but may do so anywhere in 127.0.0.0/8: on an address that no other process takes. */
const address = `127.77.${(process.pid >> 8) % 256}.${process.pid % 256}`
const hook = resolve(import.meta.dirname, 'hooks/resolver.cjs')

/** Why this machine cannot give a process a resolver configuration of its own; `null` where it can. */
export const whyNoResolver = cannotMount()

function cannotMount(): string | null {
  if (process.platform !== 'linux') return `${process.platform} has no mount namespaces`
  const { status, stderr, error } = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' })
  return status === 0 ? null : `mount namespaces are not permitted: ${error?.message ?? stderr.trim()}`
}

export interface SilentNameServer extends AsyncDisposable {
  /** For a step that is to ask this name server, and to try so many search domains. */
  environment(searchDomains: number): Record<string, string>
}

/** Starts a name server that takes every question and answers none. */
export async function startSilentNameServer(): Promise<SilentNameServer> {
  const folder = await mkdtemp(join(tmpdir(), 'resolver-'))
  const search = ['a.example', 'b.example', 'c.example', 'd.example']
  const pathOf = (searchDomains: number) => join(folder, String(searchDomains))
  await writeFile(pathOf(0), `nameserver ${address}\n`)
  await writeFile(pathOf(search.length), `nameserver ${address}\nsearch ${search.join(' ')}\n`)

  const socket = createSocket('udp4')
  socket.bind(53, address)
  await once(socket, 'listening')
  return {
    environment: (searchDomains) => ({ NODE_OPTIONS: `--require=${hook}`, RESOLV_CONF: pathOf(searchDomains) }),
    [Symbol.asyncDispose]: async () => {
      socket.close()
      await rm(folder, { recursive: true })
    },
  }
}
