import { describe, expect, test } from '@jest/globals'
import type { Trouble } from '../../../src/polling/api.ts'
import { Board, type Change } from '../../../src/polling/board.ts'
import type { RequestState, Status } from '../../../src/request.ts'
import { requestIdOf, resultsOf, stateOf } from '../examples.ts'
import { denied, notFound, throttled, unclear, unresolved } from './model.ts'

const [a, b, c] = [requestIdOf(1), requestIdOf(2), requestIdOf(3)]

/** A board of so many requests, with what it told, and short ways to tell it things. */
function boardOf(count: number) {
  const changes: Change[] = []
  const requestIds = resultsOf(count, null).map(({ state }) => state.requestId)
  const board = new Board(requestIds, (change) => void changes.push(change))
  return {
    board,
    changes,
    kinds: () => changes.map(({ kind }) => kind),
    described: (requestId: string, status: Status, known: Partial<RequestState> = {}, now = 0) =>
      board.note(requestId, { ok: true, value: stateOf(status, { requestId, ...known }) }, now),
    listed: (requestId: string, status: Status, createdDate: Date | null = null, now = 0) =>
      board.noteRow({ requestId, status, createdDate }, now),
    met: (requestId: string, trouble: Trouble, now = 0) => board.note(requestId, { ok: false, trouble }, now),
    statuses: () => board.results(0).map(({ state }) => state.status),
    givenUp: () => board.results(0).map((result) => result.givenUp),
  }
}

describe('a request', () => {
  test('that has not finished is asked about in turns, the one asked about longest ago first', () => {
    const { board, described } = boardOf(4)
    expect(board.unfinished()).toEqual([a, b, c, requestIdOf(4)])
    board.asked(a, 30)
    board.asked(b, 20)
    board.asked(c, 10)
    described(requestIdOf(4), 'SUCCEEDED')
    expect(board.unfinished()).toEqual([c, b, a])
  })

  test('takes from a list what is new to it: the status, and the date', () => {
    const { board, listed } = boardOf(1)
    const [early, late] = [new Date(1_000), new Date(2_000)]
    const known = () => board.results(0)[0]?.state
    listed(a, 'IN_PROGRESS')
    expect(known()).toMatchObject({ status: 'IN_PROGRESS', createdDate: null })
    listed(a, 'IN_PROGRESS', early)
    const first = known()
    expect(first).toMatchObject({ status: 'IN_PROGRESS', createdDate: early })
    listed(a, 'IN_PROGRESS', new Date(early))
    expect(known()).toBe(first)
    listed(a, 'IN_PROGRESS', late)
    expect(known()).toMatchObject({ status: 'IN_PROGRESS', createdDate: late })
    listed(a, 'SUCCEEDED', late)
    expect(known()).toMatchObject({ status: 'SUCCEEDED', createdDate: late })
  })

  test('is not described as long as only lists have told of it', () => {
    const { board, described, listed } = boardOf(3)
    listed(a, 'IN_PROGRESS')
    expect(board.neverDescribed()).toEqual([a, b, c])
    described(b, 'IN_PROGRESS')
    listed(c, 'SUCCEEDED')
    expect(board.neverDescribed()).toEqual([a])
  })

  test.each<[number, Status, boolean]>([
    [50, 'SUCCEEDED', true],
    [51, 'SUCCEEDED', false],
    [50, 'FAILED', true],
    [51, 'FAILED', true],
    [50, 'IN_PROGRESS', false],
  ])('of %d that a list shows as %s: is described for its details: %s', (count, status, wanted) => {
    const { board, described, listed } = boardOf(count)
    expect(board.wantsEveryDetail).toBe(count <= 50)
    listed(a, status)
    expect(board.wantingDetails()).toEqual(wanted ? [a] : [])
    expect(board.everyDetailIsKnown).toBe(!wanted)
    expect(board.isOpen(a)).toBe(wanted || status === 'IN_PROGRESS')
    described(a, status)
    expect(board.wantingDetails()).toEqual([])
    expect(board.isOpen(a)).toBe(status === 'IN_PROGRESS')
  })

  test('of somebody else is none of the set', () => {
    const { board, changes, described, listed, met } = boardOf(1)
    board.asked(b, 1)
    described(b, 'FAILED')
    listed(b, 'FAILED')
    met(b, denied)
    expect(board.isOpen(b)).toBe(false)
    expect([changes, board.results(0)]).toEqual([[], [expect.objectContaining({ error: null, givenUp: false })]])
  })

  test('tells when it was seen to have ended, first', () => {
    const { board, described, listed } = boardOf(3)
    listed(a, 'SUCCEEDED', null, 1_500)
    described(a, 'SUCCEEDED', {}, 2_000)
    described(b, 'IN_PROGRESS', {}, 1_000)
    described(b, 'SUCCEEDED', {}, 3_000)
    described(c, 'IN_PROGRESS', {}, 3_000)
    const results = board.results(1_000)
    expect(results.map(({ finishedAfterMs }) => finishedAfterMs)).toEqual([500, 2_000, null])
    expect(results.map(({ finishedBefore }) => finishedBefore)).toEqual([true, false, false])
  })

  test('keeps the end that it had: AWS takes neither back', () => {
    const { described, listed, statuses } = boardOf(3)
    listed(a, 'SUCCEEDED')
    described(a, 'IN_PROGRESS')
    listed(b, 'SUCCEEDED')
    described(b, 'FAILED')
    listed(c, 'FAILED')
    described(c, 'SUCCEEDED')
    expect(statuses()).toEqual(['SUCCEEDED', 'FAILED', 'FAILED'])
  })

  test('keeps the date of creation where an answer has none', () => {
    const [first, second] = [new Date(1), new Date(2)]
    const { board, described, listed } = boardOf(1)
    listed(a, 'IN_PROGRESS', first)
    described(a, 'IN_PROGRESS')
    expect(board.results(0)[0]?.state.createdDate).toBe(first)
    described(a, 'IN_PROGRESS', { createdDate: second })
    expect(board.results(0)[0]?.state.createdDate).toBe(second)
  })

  test('that has ended is not touched by what comes late', () => {
    const { board, changes, described, met } = boardOf(1)
    described(a, 'SUCCEEDED')
    met(a, denied)
    described(a, 'FAILED')
    expect(board.results(0)[0]).toMatchObject({ state: { status: 'SUCCEEDED' }, error: null, givenUp: false })
    expect([changes.length, board.trouble]).toEqual([1, null])
  })
})

describe('a change', () => {
  test('is told once', () => {
    const { described, kinds, listed } = boardOf(1)
    listed(a, 'IN_PROGRESS')
    described(a, 'IN_PROGRESS')
    described(a, 'IN_PROGRESS')
    described(a, 'SUCCEEDED')
    expect(kinds()).toEqual(['status', 'status'])
  })

  test('to FAILED is told with its reason, which no list has', () => {
    const { changes, described, listed } = boardOf(1)
    listed(a, 'FAILED')
    expect(changes).toEqual([])
    described(a, 'FAILED', { failureReason: 'Why' })
    expect(changes).toMatchObject([{ kind: 'status', state: { status: 'FAILED', failureReason: 'Why' } }])
  })

  test('for the worse is told once for each cause in a row', () => {
    const { changes, met } = boardOf(2)
    for (const trouble of [unclear, unclear, throttled, unclear]) met(a, trouble)
    expect(changes).toEqual(
      [unclear, throttled, unclear].map((trouble) => ({ kind: 'trouble', trouble, requestId: null })),
    )
    met(a, notFound)
    met(b, notFound)
    met(b, notFound)
    expect(changes.slice(3)).toEqual([a, b].map((requestId) => ({ kind: 'trouble', trouble: notFound, requestId })))
  })

  test('for the better is told once nothing is in the way any more', () => {
    const { described, kinds, met } = boardOf(2)
    for (const requestId of [a, b]) described(requestId, 'IN_PROGRESS')
    for (const requestId of [a, b]) met(requestId, notFound)
    described(a, 'IN_PROGRESS')
    expect(kinds().slice(2)).toEqual(['trouble', 'trouble'])
    described(b, 'IN_PROGRESS')
    described(b, 'IN_PROGRESS')
    expect(kinds().slice(4)).toEqual(['recovered'])
    met(a, unclear)
    described(b, 'IN_PROGRESS')
    expect(kinds().slice(5)).toEqual(['trouble', 'recovered'])
  })
})

describe('trouble', () => {
  test('is that of all, or else of a request that has not ended', () => {
    const { board, described, listed, met } = boardOf(2)
    expect(board.trouble).toBeNull()
    listed(a, 'SUCCEEDED')
    met(a, notFound)
    expect(board.trouble).toBeNull()
    met(b, notFound)
    expect(board.trouble).toBe(notFound)
    met(b, unclear)
    expect(board.trouble).toBe(unclear)
    described(b, 'SUCCEEDED')
    expect(board.trouble).toBeNull()
  })

  test('of a list concerns every request that has not ended', () => {
    const { board, changes, described } = boardOf(2)
    described(a, 'SUCCEEDED')
    board.noteTroubleOfAll(denied, 0)
    expect(changes.at(-1)).toEqual({ kind: 'trouble', trouble: { ...denied, scope: 'every-call' }, requestId: null })
    expect(board.results(0)).toMatchObject([
      { error: null, givenUp: false },
      { error: 'Denied', givenUp: true },
    ])
    expect([board.everyRequestHasFinished, board.everyStatusIsKnown]).toEqual([true, true])
  })

  test('that does not last leaves statuses to be learnt', () => {
    const { board, met } = boardOf(1)
    met(a, unclear)
    expect(board.results(0)).toMatchObject([{ error: 'It broke', givenUp: false }])
    expect([board.everyRequestHasFinished, board.everyStatusIsKnown]).toEqual([false, false])
  })
})

describe('an absence', () => {
  test.each([
    ['of a request', notFound],
    ['of a host', unresolved],
  ])('%s is believed when it has lasted 30 s, and it is known when that will be', (_, trouble) => {
    const { board, givenUp, met } = boardOf(1)
    expect(board.nextBeliefAt).toBe(Number.POSITIVE_INFINITY)
    met(a, trouble, 1_000)
    met(a, trouble, 30_999)
    expect([givenUp(), board.nextBeliefAt]).toEqual([[false], 31_000])
    met(a, trouble, 31_000)
    expect(givenUp()).toEqual([true])
  })

  test('that was believed is not waited for again', () => {
    const { board, met } = boardOf(2)
    for (const now of [0, 30_000]) met(a, notFound, now)
    expect(board.nextBeliefAt).toBe(Number.POSITIVE_INFINITY)
    met(b, notFound, 40_000)
    expect(board.nextBeliefAt).toBe(70_000)
  })

  test.each<[string, (board: ReturnType<typeof boardOf>) => void]>([
    ['an answer', ({ described }) => described(a, 'IN_PROGRESS', {}, 10_000)],
    ['another cause', ({ met }) => met(a, unclear, 10_000)],
    ['a throttle', ({ met }) => met(a, throttled, 10_000)],
  ])('starts anew after %s', (_, between) => {
    for (const trouble of [notFound, unresolved]) {
      const board = boardOf(1)
      board.met(a, trouble, 0)
      between(board)
      expect(board.board.nextBeliefAt).toBe(Number.POSITIVE_INFINITY)
      board.met(a, trouble, 30_000)
      expect(board.givenUp()).toEqual([false])
    }
  })

  test('of a request is not one of the host, nor the other way round', () => {
    const { board, givenUp, met } = boardOf(1)
    met(a, notFound, 0)
    met(a, unresolved, 20_000)
    expect(board.nextBeliefAt).toBe(50_000)
    met(a, notFound, 30_000)
    expect([givenUp(), board.nextBeliefAt]).toEqual([[false], 60_000])
  })

  test('of a host is over with the answer to any request', () => {
    const { board, described, met } = boardOf(2)
    met(a, unresolved, 0)
    described(b, 'IN_PROGRESS', {}, 1_000)
    expect(board.nextBeliefAt).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a refusal', () => {
  const other: Trouble = { ...denied, code: 'ValidationException' }

  test.each<[string, boolean, (board: ReturnType<typeof boardOf>) => void]>([
    [
      'three alike, before any answer',
      true,
      ({ met }) => {
        for (const requestId of [a, b, c]) met(requestId, denied)
      },
    ],
    [
      'two alike',
      false,
      ({ met }) => {
        for (const requestId of [a, b]) met(requestId, denied)
      },
    ],
    [
      'three, of two causes',
      false,
      ({ met }) => {
        met(a, denied)
        met(b, other)
        met(c, denied)
      },
    ],
    [
      'three alike, after an answer',
      false,
      ({ described, met }) => {
        described(requestIdOf(4), 'IN_PROGRESS')
        for (const requestId of [a, b, c]) met(requestId, denied)
      },
    ],
    [
      'three absences that have lasted',
      false,
      ({ met }) => {
        for (const now of [0, 30_000]) for (const requestId of [a, b, c]) met(requestId, notFound, now)
      },
    ],
    ['one of a whole set', true, ({ met }) => met(a, { ...denied, scope: 'every-call' })],
  ])('of %s: speaks for all: %s', (_, all, happens) => {
    const board = boardOf(5)
    happens(board)
    const [fifth] = board.board.results(0).slice(4)
    expect(fifth).toMatchObject(all ? { error: 'Denied', givenUp: true } : { error: null, givenUp: false })
    expect(board.board.isOpen(requestIdOf(5))).toBe(!all)
  })
})
