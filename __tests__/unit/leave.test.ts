import { describe, expect, test } from '@jest/globals'
import { type Leavable, leave } from '../../src/leave.ts'

interface Situation {
  /** What is still open in the process. */
  open?: string[]
  /** Whether the system can replace a process. */
  replaces?: boolean
  /** Calls back once what was written has been read. */
  write?: (text: string, onRead: () => void) => void
}

/** Leaves a process that only takes notes. */
async function noted(exitCode: 0 | 1, situation: Situation = {}): Promise<unknown[]> {
  const { open = [], replaces = true, write = (_, onRead) => onRead() } = situation
  const notes: unknown[] = []
  const process: Leavable = {
    env: { PATH: '/bin', NODE_OPTIONS: '--require=/agent.cjs' },
    execPath: '/node',
    pid: 42,
    stdout: { write },
    getActiveResourcesInfo: () => open,
    execve: (...call) => {
      if (!replaces) throw new Error('not on this platform')
      notes.push(['execve', ...call])
    },
    kill: (...call) => notes.push(['kill', ...call]),
    exit: (...call) => void notes.push(['exit', ...call]),
  }
  await leave(process, exitCode)
  return notes
}

const lookUp = ['TCPSocketWrap', 'GetAddrInfoReqWrap', 'Timeout']

describe('leaving', () => {
  test.each([0, 1] as const)('the process exits with %d, whatever else is open', async (exitCode) => {
    expect(await noted(exitCode, { open: ['TCPSocketWrap', 'Timeout'] })).toEqual([['exit', exitCode]])
  })

  test.each([0, 1] as const)(
    'during a look-up of a name, another process exits with %d in its place',
    async (exitCode) => {
      const [first] = await noted(exitCode, { open: lookUp })
      const environment = { PATH: '/bin', NODE_OPTIONS: '' }
      expect(first).toEqual(['execve', '/node', ['/node', '--eval', `process.exit(${exitCode})`], environment])
    },
  )

  test('where no process can be replaced, one that fails is killed', async () => {
    const [first] = await noted(1, { open: lookUp, replaces: false })
    expect(first).toEqual(['kill', 42, 'SIGKILL'])
  })

  test('where no process can be replaced, one that passes exits with 0, however long that takes', async () => {
    expect(await noted(0, { open: lookUp, replaces: false })).toEqual([['exit', 0]])
  })

  test('what was written is read first', async () => {
    let isRead = false
    const write: Situation['write'] = (_, onRead) => {
      setTimeout(() => {
        isRead = true
        onRead()
      }, 50)
    }
    expect(await noted(0, { write })).toEqual([['exit', 0]])
    expect(isRead).toBe(true)
  })

  test('a reader that takes nothing is given up after a second', async () => {
    const startedMs = performance.now()
    expect(await noted(0, { write: () => {} })).toEqual([['exit', 0]])
    expect(performance.now() - startedMs).toBeGreaterThan(900)
  })
})
