import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { type Leavable, leave } from '../../src/leave.ts'
import { VirtualClock } from '../virtual-clock.ts'

interface Situation {
  /** What is still open in the process. */
  open?: string[] | undefined
  /** Whether the system can replace a process. */
  replaces?: boolean
  /** Calls back once what was written has been read. */
  write?: (text: string, onRead: () => void) => void
}

/** Leaves a process that only takes notes. */
function leaving(exitCode: 0 | 1, situation: Situation = {}) {
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
  const clock = new VirtualClock()
  return { clock, notes, left: leave(process, clock, exitCode) }
}

async function notesOf(...given: Parameters<typeof leaving>): Promise<unknown[]> {
  const { notes, left } = leaving(...given)
  await left
  return notes
}

const inThreads = [['TCPSocketWrap', 'GetAddrInfoReqWrap', 'Timeout'], ['FSReqPromise'], ['FSReqCallback', 'Timeout']]

describe('leaving', () => {
  test.each([0, 1] as const)('the process exits with %d, whatever else is open', async (exitCode) => {
    expect(await notesOf(exitCode, { open: ['TCPSocketWrap', 'Timeout'] })).toEqual([['exit', exitCode]])
  })

  test.each(inThreads)('while a thread is at work, another process exits in its place: %s', async (...open) => {
    const environment = { PATH: '/bin', NODE_OPTIONS: '' }
    for (const exitCode of [0, 1] as const) {
      const [first] = await notesOf(exitCode, { open })
      expect(first).toEqual(['execve', '/node', ['/node', '--eval', `process.exit(${exitCode})`], environment])
    }
  })

  test('where no process can be replaced, one that fails is killed', async () => {
    const [first] = await notesOf(1, { open: inThreads[0], replaces: false })
    expect(first).toEqual(['kill', 42, 'SIGKILL'])
  })

  test('where no process can be replaced, one that passes exits with 0, however long that takes', async () => {
    expect(await notesOf(0, { open: inThreads[0], replaces: false })).toEqual([['exit', 0]])
  })

  test('what was written is read first', async () => {
    let isRead = () => {}
    const write: Situation['write'] = (_, onRead) => {
      isRead = onRead
    }
    const { notes, left } = leaving(0, { write })
    await turn()
    expect(notes).toEqual([])
    isRead()
    await left
    expect(notes).toEqual([['exit', 0]])
  })

  test('a reader that takes nothing is given up after a second', async () => {
    const { clock, notes, left } = leaving(0, { write: () => {} })
    await clock.advance(999)
    expect(notes).toEqual([])
    await clock.advance(1)
    await left
    expect(notes).toEqual([['exit', 0]])
  })

  test('the clock is left alone once all was read', async () => {
    const { clock, left } = leaving(0)
    await left
    expect(clock.sleeping).toBe(0)
  })
})
