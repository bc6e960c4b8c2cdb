import { expect, test } from '@jest/globals'
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

test.each([0, 1] as const)('the process exits with %d, even if something else is open', async (exitCode) => {
  const { clock, notes, left } = leaving(exitCode, { open: ['TCPSocketWrap', 'Timeout', 'OtherFSReq'] })
  await left
  expect([notes, clock.sleeping]).toEqual([[['exit', exitCode]], 0])
})

const lookUp = ['TCPSocketWrap', 'GetAddrInfoReqWrap', 'Timeout']
const replacement = (exitCode: number) => [
  node,
  [node, '--eval', `process.exit(${exitCode})`],
  { LD_LIBRARY_PATH: '/lib' },
]
const onWindows = { open: lookUp, replaces: false }
test.each<[what: string, exitCode: 0 | 1, situation: Situation, first: unknown[]]>([
  ['replaced by one that passes', 0, { open: lookUp }, ['execve', ...replacement(0)]],
  ['replaced by one that fails', 1, { open: lookUp }, ['execve', ...replacement(1)]],
  ['replaced while a file does not answer', 0, { open: ['FSReqPromise'] }, ['execve', ...replacement(0)]],
  [
    'replaced while a file does not call back',
    0,
    { open: ['FSReqCallback', 'Timeout'] },
    ['execve', ...replacement(0)],
  ],
  ['killed if it fails and cannot be replaced', 1, onWindows, ['kill', 42, 'SIGKILL']],
  ['left to wait if it passes and cannot be replaced', 0, onWindows, ['exit', 0]],
])('while a thread works, the process is %s', async (_, exitCode, situation, first) => {
  const { notes, left } = leaving(exitCode, situation)
  await left
  expect(notes[0]).toEqual(first)
})

test('the process waits at most one second for a reader of the log that reads nothing', async () => {
  const { clock, notes, left } = leaving(0, { write: () => {} })
  await clock.advance(999)
  expect(notes).toEqual([])
  await clock.advance(1)
  await left
  expect(notes).toEqual([['exit', 0]])
})
