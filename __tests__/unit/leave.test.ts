import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { type Leavable, leave } from '../../src/leave.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const node = process.execPath

interface Situation {
  /** The resources that are still open in the process. */
  open?: string[] | undefined
  /** Whether the system can replace a process. */
  replaces?: boolean
  /** Calls back when the written text has been read. */
  write?: (text: string, onRead: () => void) => void
}

/** Leaves a process that only records the calls. */
function leaving(exitCode: 0 | 1, situation: Situation = {}) {
  const { open = [], replaces = true, write = (_, onRead) => onRead() } = situation
  const notes: unknown[] = []
  const process: Leavable = {
    env: { PATH: '/bin', NODE_OPTIONS: '--require=/agent.cjs', LD_LIBRARY_PATH: '/lib' },
    execPath: node,
    pid: 42,
    stdout: { write },
    stderr: { write: (_, onRead) => onRead() },
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

describe('the process', () => {
  test.each([0, 1] as const)('exits with %d, even if something else is open', async (exitCode) => {
    expect(await notesOf(exitCode, { open: ['TCPSocketWrap', 'Timeout', 'OtherFSReq'] })).toEqual([['exit', exitCode]])
  })

  test.each(inThreads)('is replaced by one that exits, while a thread works: %s', async (...open) => {
    const environment = { LD_LIBRARY_PATH: '/lib' }
    for (const exitCode of [0, 1] as const) {
      const [first] = await notesOf(exitCode, { open })
      expect(first).toEqual(['execve', node, [node, '--eval', `process.exit(${exitCode})`], environment])
    }
  })

  test('is killed if it fails and cannot be replaced', async () => {
    const [first] = await notesOf(1, { open: inThreads[0], replaces: false })
    expect(first).toEqual(['kill', 42, 'SIGKILL'])
  })

  test('exits with 0 if it passes and cannot be replaced', async () => {
    expect(await notesOf(0, { open: inThreads[0], replaces: false })).toEqual([['exit', 0]])
  })

  test('waits until the log was read', async () => {
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

  test('waits at most one second for a reader that reads nothing', async () => {
    const { clock, notes, left } = leaving(0, { write: () => {} })
    await clock.advance(999)
    expect(notes).toEqual([])
    await clock.advance(1)
    await left
    expect(notes).toEqual([['exit', 0]])
  })

  test('leaves no timer after the log was read', async () => {
    const { clock, left } = leaving(0)
    await left
    expect(clock.sleeping).toBe(0)
  })
})
