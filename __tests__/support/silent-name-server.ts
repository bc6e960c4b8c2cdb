import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A name server has to listen on port 53, but may do so anywhere in 127.0.0.0/8: on an address that no other process takes. */
const address = `127.77.${(process.pid >> 8) % 256}.${process.pid % 256}`
const hookOf = (name: string) => `--require=${resolve(import.meta.dirname, 'hooks', name)}`

/** Whether this machine can give a process a resolver configuration of its own: on Linux, with the rights of root. */
const hasNamespaces = process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0

export interface SilentNameServer extends AsyncDisposable {
  /** For a step that is to ask this name server, and to try so many search domains. */
  environment(searchDomains: number): Record<string, string>
}

/**
 * Starts a name server that takes every question and answers none. Where no process can have a name server of its own, look-ups of the step
 * hang in Node's threads all the same, on a file that never answers.
 */
export async function startSilentNameServer(): Promise<SilentNameServer> {
  const folder = await mkdtemp(join(tmpdir(), 'resolver-'))
  const remove = () => rm(folder, { recursive: true })
  if (!hasNamespaces) {
    const fifo = join(folder, 'fifo')
    spawnSync('mkfifo', [fifo])
    const environment = { NODE_OPTIONS: hookOf('silent-look-ups.cjs'), SILENT_FIFO: fifo }
    return { environment: () => environment, [Symbol.asyncDispose]: remove }
  }
  const search = ['a.example', 'b.example', 'c.example', 'd.example']
  const pathOf = (searchDomains: number) => join(folder, String(searchDomains))
  await writeFile(pathOf(0), `nameserver ${address}\n`)
  await writeFile(pathOf(search.length), `nameserver ${address}\nsearch ${search.join(' ')}\n`)

  const socket = createSocket('udp4')
  socket.bind(53, address)
  await once(socket, 'listening')
  return {
    environment: (searchDomains) => ({ NODE_OPTIONS: hookOf('resolver.cjs'), RESOLV_CONF: pathOf(searchDomains) }),
    [Symbol.asyncDispose]: async () => {
      socket.close()
      await remove()
    },
  }
}
