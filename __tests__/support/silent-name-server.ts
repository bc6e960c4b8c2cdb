import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { folderWith } from './folder.ts'

/** A name server has to listen on port 53, but may do so anywhere in 127.0.0.0/8: on an address that no other process takes. */
const address = `127.77.${(process.pid >> 8) % 256}.${process.pid % 256}`
const hookOf = (name: string) => `--require=${resolve(import.meta.dirname, 'hooks', name)}`

/** Whether this machine can give a process a resolver configuration of its own: on Linux, with the rights of root. */
const hasNamespaces = process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0

export interface SilentNameServer extends AsyncDisposable {
  /** For a step that is to ask this name server, and to try four search domains if it searches. */
  environment(searches: boolean): Record<string, string>
}

/**
 * Starts a name server that takes every question and answers none. Where no process can have a name server of its own, look-ups of the step
 * hang in Node's threads all the same, on a file that never answers.
 */
export async function startSilentNameServer(): Promise<SilentNameServer> {
  const folder = await folderWith()
  const remove = () => folder[Symbol.asyncDispose]()
  if (!hasNamespaces) {
    const fifo = join(folder.path, 'fifo')
    spawnSync('mkfifo', [fifo])
    const environment = { NODE_OPTIONS: hookOf('silent-look-ups.cjs'), SILENT_FIFO: fifo }
    return { environment: () => environment, [Symbol.asyncDispose]: remove }
  }
  const write = (more = '') => folder.write(`nameserver ${address}\n${more}`)
  const [plain, searching] = [await write(), await write('search a.example b.example c.example d.example\n')]

  const socket = createSocket('udp4')
  socket.bind(53, address)
  await once(socket, 'listening')
  return {
    environment: (searches) => ({
      NODE_OPTIONS: hookOf('resolver.cjs'),
      RESOLV_CONF: searches ? searching : plain,
    }),
    [Symbol.asyncDispose]: async () => {
      socket.close()
      await remove()
    },
  }
}
