import { expect, test } from '@jest/globals'
import type { Status } from '../../../../src/requests/request.ts'
import { afterList, initialListAccess, type ListAccess } from '../../../../src/wait/snapshot/list-access.ts'
import { denied, unclear } from '../model.ts'

const read = (before: ListAccess, status: Status, pages: number | null = 1) =>
  afterList(before, { status, pages, failure: null }, 0)
const failed = (before: ListAccess, status: Status, nowMs: number) =>
  afterList(before, { status, pages: 0, failure: unclear }, nowMs)

test('a list that fails is not read for 30 s, then for twice as long, up to 5 min', () => {
  let access = initialListAccess
  const pauses = [1, 2, 3, 4, 5, 6].map((failures) => {
    access = failed(access, 'IN_PROGRESS', 1_000_000)
    expect(access).toMatchObject({ failure: unclear, failedStatus: 'IN_PROGRESS', failures })
    return (access.retryAtMs - 1_000_000) / 1_000
  })
  expect(pauses).toEqual([30, 60, 120, 240, 300, 300])
})

test('a list that is denied is never read again', () => {
  const access = afterList(initialListAccess, { status: 'FAILED', pages: 0, failure: denied }, 1_000)
  expect(access.retryAtMs).toBe(Number.POSITIVE_INFINITY)
})

test('the failure is over when the same list can be used again', () => {
  const access = failed(failed(initialListAccess, 'FAILED', 0), 'FAILED', 60_000)
  expect(read(access, 'IN_PROGRESS')).toBe(access)
  expect(read(access, 'IN_PROGRESS', 2)).toMatchObject({ failure: unclear, failures: 2, retryAtMs: 120_000 })
  expect(read(access, 'FAILED')).toEqual(initialListAccess)
})

test('a list that was cut short says nothing', () => {
  expect(read(initialListAccess, 'IN_PROGRESS', null)).toBe(initialListAccess)
  const access = failed(initialListAccess, 'IN_PROGRESS', 0)
  expect(read(access, 'IN_PROGRESS', null)).toBe(access)
})

test('the number of pages of each list is kept, also during failure', () => {
  const access = failed(read(read(initialListAccess, 'IN_PROGRESS', 3), 'FAILED', 7), 'IN_PROGRESS', 0)
  expect(access.pages).toEqual({ IN_PROGRESS: 3, FAILED: 7, SUCCEEDED: 1 })
  expect(read(access, 'IN_PROGRESS', 2).pages).toEqual({ IN_PROGRESS: 2, FAILED: 7, SUCCEEDED: 1 })
  const same = read(initialListAccess, 'FAILED', 7)
  expect(read(same, 'FAILED', 7)).toBe(same)
})
