import { describe, expect, test } from '@jest/globals'
import type { Answer, CallFailure, Page } from '../../../../src/requests/api.ts'
import type { Goal } from '../../../../src/requests/goal.ts'
import type { Row } from '../../../../src/requests/request.ts'
import type { Look } from '../../../../src/wait/look/context.ts'
import { findFailures, identify } from '../../../../src/wait/look/discovery.ts'
import type { Observation } from '../../../../src/wait/snapshot/observation.ts'
import { afterAccountList, unknownRollout } from '../../../../src/wait/snapshot/rollout.ts'
import { initialSnapshot, type Snapshot } from '../../../../src/wait/snapshot/snapshot.ts'
import { denied, keyOf, permissionSetArn, permissionSetArnOf } from '../../report/outcomes.ts'
import { descriptionOf } from '../../wait.ts'
import { unclear } from '../model.ts'
import { apiWith, runPart } from './harness.ts'

const goal: Goal = { until: 'rolled-out', wait: true, permissionSetArns: [permissionSetArn] }
const { others } = initialSnapshot([])

interface Service {
  /** The pages of FAILED requests, and what came in place of one. */
  readonly pages?: readonly (readonly Row[] | CallFailure)[]
  /** The answer about the request with this number. Without it, each is about another permission set. */
  readonly describe?: (number: number) => Answer<string>
}

/** Runs one search. Returns the numbers of the requests that it asked about, and how many pages it read. */
async function search(
  part: (look: Look) => AsyncGenerator<Observation, void>,
  known: Partial<Snapshot>,
  { pages = [], describe = () => ({ ok: true, value: permissionSetArnOf(2) }) }: Service,
  kind: Look['kind'] = 'regular',
) {
  const described: number[] = []
  let pagesRead = 0
  const api = apiWith({
    async describe({ requestId }) {
      const number = Number(requestId.slice(-12))
      described.push(number)
      const answer = describe(number)
      return answer.ok ? { ok: true, value: descriptionOf('FAILED', { permissionSetArn: answer.value }) } : answer
    },
    async list(operation, status, token): Promise<Answer<Page<Row>>> {
      expect([operation, status]).toEqual(['provision-permission-set', 'FAILED'])
      const page = pages[Number(token)] ?? []
      pagesRead += 1
      if ('effect' in page) return { ok: false, failure: page }
      return { ok: true, value: { rows: page, nextToken: pagesRead < pages.length ? String(pagesRead) : null } }
    },
  })
  await runPart(part, { ...initialSnapshot([], goal), ...known }, api, { kind })
  return { described, pagesRead }
}

describe('failures that may explain why accounts are behind', () => {
  const now = new Date('2026-11-20T10:00:00Z')
  const failure = (number: number, hoursAgo: number): Row => ({
    requestId: keyOf(number).requestId,
    status: 'FAILED',
    createdDate: new Date(now.getTime() - hoursAgo * 3_600_000),
  })
  const find = (service: Service, known: Partial<Snapshot> = {}) =>
    search((look) => findFailures(look, now), known, service)

  test('are the ten newest', async () => {
    // The list is in no order: 11, 1, 12, 2 and so on are 11, 1, 12, 2 hours old.
    const rows = Array.from({ length: 10 }, (_, index) => [
      failure(11 + index, 11 + index),
      failure(1 + index, 1 + index),
    ])
    expect((await find({ pages: [rows.flat()] })).described).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('are of the last day', async () => {
    const undated = { ...failure(3, 0), createdDate: null }
    expect((await find({ pages: [[failure(1, 24), failure(2, 24.001), undated]] })).described).toEqual([1])
  })

  test('are looked for on at most five pages', async () => {
    const pages = [1, 2, 3, 4, 5, 6].map((number) => [failure(number, number)])
    expect(await find({ pages })).toEqual({ described: [1, 2, 3, 4, 5], pagesRead: 5 })
    expect(await find({ pages: pages.slice(0, 2) })).toEqual({ described: [1, 2], pagesRead: 2 })
  })

  test('are not looked for if a page cannot be read', async () => {
    expect((await find({ pages: [[failure(1, 1)], unclear] })).described).toEqual([])
  })

  test('are asked about once', async () => {
    const pages = [[failure(1, 1), failure(2, 2), failure(3, 3)]]
    const subjects = new Map([[keyOf(1).requestId, permissionSetArnOf(2)]])
    const positions = new Map([[keyOf(2).requestId, 0]])
    const known = { others: { ...others, subjects }, positions }
    expect((await find({ pages }, known)).described).toEqual([3])
  })

  test('are asked about until one explains it', async () => {
    const pages = [[failure(1, 1), failure(2, 2), failure(3, 3), failure(4, 4)]]
    const rollout = afterAccountList(unknownRollout, { behind: ['111122223333'], latest: null }, 0)
    const describe = (number: number) => ({ ok: true, value: permissionSetArnOf(number === 2 ? 1 : 2) }) as const
    const known = { rollouts: new Map([[permissionSetArn, rollout]]) }
    expect((await find({ pages, describe }, known)).described).toEqual([1, 2])
    expect((await find({ pages, describe })).described).toEqual([1, 2, 3, 4])
  })
})

describe("other people's requests in progress", () => {
  interface Known extends Service {
    readonly kind?: 'regular' | 'only'
    readonly until?: Goal['until']
    readonly failure?: CallFailure | null
  }
  const identified = async ({ kind = 'regular', until = 'rolled-out', failure = null, ...service }: Known = {}) => {
    const keys = Array.from({ length: 301 }, (_, index) => keyOf(index))
    const unidentified = new Map(keys.map(({ requestId, operation }) => [requestId, operation]))
    const known = { goal: { ...goal, until, permissionSetArns: until === 'idle' ? [] : goal.permissionSetArns } }
    const before = { ...known, others: { ...others, unidentified, failure } }
    return (await search(identify, before, service, kind)).described.length
  }

  test('are asked about, 300 in a look if more looks follow', async () => {
    expect([await identified(), await identified({ kind: 'only' })]).toEqual([300, 301])
  })

  test('are not asked about if it does not matter, or if the role may not ask', async () => {
    expect([await identified({ until: 'idle' }), await identified({ failure: denied })]).toEqual([0, 0])
  })

  test('are left for the next look after five calls without an answer', async () => {
    expect(await identified({ describe: () => ({ ok: false, failure: unclear }) })).toBe(5)
  })
})
