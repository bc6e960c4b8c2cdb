import { expect, test } from '@jest/globals'
import { type ResultStream, writeResult } from '../../../src/terminal/result.ts'
import { neverAborted } from '../../../src/wait/time/deadline.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

/** A reader that takes a piece after so many milliseconds each, or has gone, or takes a first piece alone. */
function readerOf(clock: VirtualClock, behaviour: number | 'gone' | 'stops') {
  const pieces: Uint8Array[] = []
  const stream: ResultStream = {
    write(bytes, onDone) {
      if (behaviour === 'gone') return onDone(new Error('write EPIPE'))
      pieces.push(bytes)
      if (behaviour === 'stops') return pieces.length === 1 ? onDone() : undefined
      clock.sleep(behaviour, neverAborted).then(() => onDone())
    },
  }
  return { pieces, stream }
}

const text = 'é'.repeat(100_000)
const rows = [
  ['reads slowly', 20_000, 'read', 80_000],
  ['has gone', 'gone', 'gone', 0],
  ['stops', 'stops', 'late', 30_000],
] as const

test.each(rows)('a reader who %s', async (_, behaviour, expected, ms) => {
  const clock = new VirtualClock()
  const { pieces, stream } = readerOf(clock, behaviour)
  const end = await clock.run(writeResult(text, stream, 30_000, clock))
  expect([end, clock.now()]).toEqual([expected, ms])
  if (expected === 'read') expect(Buffer.concat(pieces).toString()).toBe(text)
})
