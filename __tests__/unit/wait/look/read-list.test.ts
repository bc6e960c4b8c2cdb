import { expect, test } from '@jest/globals'
import type { Answer, CallFailure, Page } from '../../../../src/requests/api.ts'
import type { Goal } from '../../../../src/requests/goal.ts'
import type { Row, Status } from '../../../../src/requests/request.ts'
import { type Look, Tally } from '../../../../src/wait/look/context.ts'
import { readList } from '../../../../src/wait/look/read-list.ts'
import type { RequestState } from '../../../../src/wait/snapshot/request-state.ts'
import { initialSnapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import { neverAborted } from '../../../../src/wait/time/deadline.ts'
import { final, inProgress, passing, requestIdOf, succeeded, unanswered, unknown } from '../../report/outcomes.ts'
import { unclear } from '../model.ts'
import { apiWith, oneByOne } from './harness.ts'

const provision = 'provision-permission-set'
const ofRequests: Goal = { until: 'finished', wait: true, permissionSetArns: [] }
const idle: Goal = { ...ofRequests, until: 'idle' }

interface Reading {
  /** The numbers of the requests on each page, and what came in place of a page; `null`: the call was not made. */
  readonly pages: readonly (readonly number[] | CallFailure | null)[]
  /** The numbers of the requests that the look wants to see. */
  readonly wanted?: readonly number[]
  readonly goal?: Goal
  readonly status?: Status
  readonly requests?: readonly RequestState[]
}

/** Reads a list. The result has numbers in place of request IDs. */
async function read({ pages, wanted = [1], goal = ofRequests, status = 'IN_PROGRESS', requests }: Reading) {
  const known = requests ?? [unanswered({ number: 1 }), unanswered({ number: 2 })]
  const positions = new Map(known.map(({ key }, position) => [key.requestId, position]))
  const snapshot = { ...initialSnapshot([], goal), requests: known, positions }
  let calls = 0
  const api = apiWith({
    async list(operation, asked, token): Promise<Answer<Page<Row>>> {
      expect([operation, asked, token]).toEqual([provision, status, calls === 0 ? null : String(calls)])
      const page = pages[calls] ?? []
      calls += 1
      if ('effect' in page) return { ok: false, failure: page }
      const rows = page.map((number) => ({ requestId: requestIdOf(number), status, createdDate: null }))
      return { ok: true, value: { rows, nextToken: calls < pages.length ? String(calls) : null } }
    },
  })
  const { ask } = oneByOne()
  const look: Look = {
    api,
    ask: async (options, call) => (pages[calls] === null ? null : ask(options, call)),
    current: () => snapshot,
    elapsedMs: () => 0,
    kind: 'regular',
    signal: neverAborted,
    startedAtMs: 0,
    tally: new Tally(),
  }
  const reading = readList(look, provision, status, new Set(wanted.map(requestIdOf)))
  const { value: observation } = await reading.next()
  const { value: result } = await reading.next()
  if (!('kind' in observation) || observation.kind !== 'listed' || !('shown' in result)) throw new Error('No list')
  const { rows, others, ...listed } = observation
  const numbers = (ids: Iterable<string>) => [...ids].map((id) => Number(id.slice(-12)))
  return {
    ...listed,
    rows: numbers(rows.map(({ requestId }) => requestId)),
    others: numbers(others),
    calls,
    outcome: look.tally.outcome,
    shown: numbers(result.shown),
  }
}

test('a list is read until it has shown what the look wants', async () => {
  const seen = { status: 'IN_PROGRESS', rows: [1], others: [], isWhole: true, failure: null }
  const pages = [[9], [1, 8], [2]]
  expect(await read({ pages, wanted: [1] })).toMatchObject({ calls: 1, isWhole: false, pages: 1, shown: [9], rows: [] })
  expect(await read({ pages, wanted: [1, 3] })).toMatchObject({ ...seen, isWhole: false, pages: 2, shown: [9, 1, 8] })
  expect(await read({ pages: [[1], ...pages] })).toMatchObject({ ...seen, pages: 1, calls: 1, shown: [1] })
})

test('the list that the goal needs is read to its end, and shows other requests', async () => {
  const pages = [[1, 9], [2], [8]]
  const all = { calls: 3, pages: 3, isWhole: true, rows: [1, 2], others: [9, 8], shown: [1, 9, 2, 8] }
  expect(await read({ pages, goal: idle })).toMatchObject(all)
  const ended = await read({ pages, goal: idle, status: 'FAILED' })
  expect(ended).toMatchObject({ calls: 1, isWhole: true, others: [], rows: [1] })
})

test('a request that a look has found, and that could not be read, counts as one of others', async () => {
  const found = { ...unanswered({ number: 2, blocker: final(unknown) }), origin: 'found' as const }
  const requests = [
    unanswered({ number: 1, blocker: final(unknown) }),
    found,
    { ...inProgress({ number: 3 }), origin: 'found' as const },
  ]
  expect(await read({ pages: [[1, 2, 3]], goal: idle, requests })).toMatchObject({ others: [2] })
})

test('a row is left out if it only says again that a request is in progress', async () => {
  const requests = [
    inProgress({ number: 1 }),
    inProgress({ number: 2, blocker: passing(unclear) }),
    succeeded({ number: 3 }),
    unanswered({ number: 4 }),
  ]
  const wanted = [1, 2, 3, 4]
  expect(await read({ pages: [[1, 2, 3, 4, 9]], wanted, requests })).toMatchObject({ rows: [2, 3, 4] })
  const ended = await read({ pages: [[1]], status: 'SUCCEEDED', requests })
  expect(ended.rows).toEqual([1])
})

test.each<[string, Goal, CallFailure | null, object]>([
  ['a page that fails', ofRequests, unclear, { failure: unclear, pages: 1, outcome: 'answered' }],
  ['a page that fails and that the goal needs', idle, unclear, { failure: unclear, pages: 1, outcome: 'answered' }],
  ['a page that was not asked for', idle, null, { failure: null, pages: null, outcome: 'answered' }],
])('a list ends with %s, and what it showed counts', async (_, goal, reply, expected) => {
  const list = await read({ pages: [[1], reply], wanted: [1, 2], goal })
  expect(list).toMatchObject({ rows: [1], isWhole: false, ...expected })
})

test('calls without an answer are those of the look only for a list that the goal needs', async () => {
  expect((await read({ pages: [unclear], goal: idle })).outcome).toBe('unclear')
  expect((await read({ pages: [unclear] })).outcome).toBe('answered')
})

test('a list is too long if it has 50 pages more than the requests would fill', async () => {
  const wanted = Array.from({ length: 60 }, (_, index) => 100 + index)
  const long = { calls: 51, isWhole: false, pages: Number.POSITIVE_INFINITY }
  const pages = Array.from({ length: 52 }, () => [9])
  expect(await read({ pages, goal: idle })).toMatchObject({ ...long, failure: { code: 'LongList' } })
  expect(await read({ pages, wanted })).toMatchObject({ ...long, failure: { code: 'LongList' } })
  expect(await read({ pages, wanted, status: 'FAILED' })).toMatchObject({ ...long, failure: null })
  expect(await read({ pages: pages.slice(0, 51), goal: idle })).toMatchObject({
    isWhole: true,
    pages: 51,
    failure: null,
  })
})
