import { describe, expect, test } from '@jest/globals'
import type { CallFailure } from '../../../../src/requests/api.ts'
import type { Description, Status } from '../../../../src/requests/request.ts'
import {
  afterDescription,
  afterFailure,
  afterRow,
  byLastAsked,
  detailsOf,
  givenUp,
  isUnfinished,
  isUnreadable,
  lacksDetails,
  type RequestState,
  statusOf,
  unanswered,
} from '../../../../src/wait/snapshot/request-state.ts'
import { permissionSetArn, requestId } from '../../examples.ts'
import { denied, notFound, throttled, unclear, unresolved } from '../model.ts'

const key = { requestId, operation: 'provision-permission-set' } as const
const [early, late] = [new Date(1_000), new Date(2_000)]
const nothing = { createdDate: null, permissionSetArn: null, accountId: null, principalId: null, principalType: null }

type Event = (before: RequestState, nowMs: number) => RequestState

const described =
  (status: Status, known: Partial<Description> = {}): Event =>
  (before, nowMs) =>
    afterDescription(before, { ...nothing, failureReason: null, ...known, status }, nowMs)
const listed =
  (status: Status, createdDate: Date | null = null): Event =>
  (before, nowMs) =>
    afterRow(before, { requestId, status, createdDate }, nowMs)
const met =
  (failure: CallFailure, believeAbsence = false): Event =>
  (before, nowMs) =>
    afterFailure(before, failure, nowMs, believeAbsence)
const gaveUp: Event = (before) => givenUp(before, denied)

/** The request after these events. The first comes after one second, and each other one second later. */
const stateAfter = (...events: Event[]) =>
  events.reduce((state, event, index) => event(state, (index + 1) * 1_000), unanswered(key))

test('nothing is known before the first answer', () => {
  const state = unanswered(key)
  expect([statusOf(state), detailsOf(state)]).toEqual([null, nothing])
  expect([isUnfinished(state), isUnreadable(state), lacksDetails(state)]).toEqual([true, false, false])
})

describe('a Describe', () => {
  test('that says IN_PROGRESS brings the details', () => {
    const state = stateAfter(described('IN_PROGRESS', { permissionSetArn, createdDate: early }))
    expect(state).toEqual({
      phase: 'in-progress',
      key,
      origin: 'given',
      askedAtMs: 1_000,
      blocker: null,
      described: true,
      details: { ...nothing, permissionSetArn, createdDate: early },
    })
    expect([statusOf(state), isUnfinished(state), lacksDetails(state)]).toEqual(['IN_PROGRESS', true, false])
  })

  test('that says FAILED brings the reason, and keeps the time at which the end was first known', () => {
    const state = stateAfter(described('IN_PROGRESS'), described('FAILED', { failureReason: 'Why' }))
    expect(state).toMatchObject({ phase: 'ended', status: 'FAILED', failureReason: 'Why', described: true })
    expect(state).toMatchObject({ endedAtMs: 2_000, endedBefore: false, askedAtMs: 2_000 })
    expect([statusOf(state), isUnfinished(state), lacksDetails(state)]).toEqual(['FAILED', false, false])
    expect(stateAfter(described('SUCCEEDED'))).toMatchObject({ endedBefore: true })
  })

  test('without a date keeps the known date', () => {
    expect(detailsOf(stateAfter(listed('IN_PROGRESS', early), described('IN_PROGRESS'))).createdDate).toBe(early)
    const states = stateAfter(
      described('IN_PROGRESS', { createdDate: early }),
      described('FAILED', { createdDate: late }),
    )
    expect(detailsOf(states).createdDate).toBe(late)
  })

  test('that is out of date never takes back an end, and does not count as its Describe', () => {
    const state = stateAfter(listed('FAILED'), described('IN_PROGRESS', { permissionSetArn }))
    expect(state).toMatchObject({ status: 'FAILED', described: false, endedAtMs: 1_000, details: { permissionSetArn } })
    expect(lacksDetails(state)).toBe(true)
    expect(stateAfter(described('SUCCEEDED'), described('IN_PROGRESS'))).toMatchObject({
      status: 'SUCCEEDED',
      described: true,
    })
  })

  test('ends failure', () => {
    expect(stateAfter(met(unclear), described('IN_PROGRESS')).blocker).toBeNull()
    expect(stateAfter(listed('FAILED'), met(unclear), described('FAILED')).blocker).toBeNull()
  })
})

describe('a list', () => {
  test.each(['IN_PROGRESS', 'SUCCEEDED', 'FAILED'] as const)('gives only the status %s and the date', (status) => {
    const state = stateAfter(listed(status, early))
    expect(state).toMatchObject({ described: false, askedAtMs: null, details: { ...nothing, createdDate: early } })
    expect([statusOf(state), lacksDetails(state)]).toEqual([status, status !== 'IN_PROGRESS'])
  })

  test('does not change what is known', () => {
    for (const state of [
      stateAfter(described('IN_PROGRESS')),
      stateAfter(listed('IN_PROGRESS')),
      stateAfter(described('FAILED'), met(unclear)),
      stateAfter(listed('FAILED'), met(unclear)),
      stateAfter(listed('SUCCEEDED')),
    ]) {
      const status = statusOf(state) ?? 'IN_PROGRESS'
      expect(afterRow(state, { requestId, status, createdDate: late }, 9_000)).toBe(state)
      expect(afterRow(state, { requestId, status: 'IN_PROGRESS', createdDate: late }, 9_000)).toBe(state)
    }
  })

  test('keeps the details of an earlier Describe, and adds a missing date', () => {
    const state = stateAfter(described('IN_PROGRESS', { permissionSetArn }), listed('SUCCEEDED', late))
    expect(state).toMatchObject({ described: false, details: { permissionSetArn, createdDate: late } })
    expect(stateAfter(described('IN_PROGRESS', { createdDate: early }), listed('FAILED'))).toMatchObject({
      details: { createdDate: early },
    })
    const failedStatus = stateAfter(described('IN_PROGRESS'), met(unclear), listed('IN_PROGRESS'))
    expect(failedStatus).toMatchObject({ phase: 'in-progress', described: true, blocker: null })
  })

  test('ends passing failure, and not final failure', () => {
    expect(stateAfter(met(notFound), listed('IN_PROGRESS')).blocker).toBeNull()
    expect(stateAfter(met(denied), listed('FAILED'))).toMatchObject({ status: 'FAILED', blocker: { kind: 'final' } })
    expect(lacksDetails(stateAfter(met(denied), listed('FAILED')))).toBe(false)
  })
})

test('the failure counts if two answers give different ends, and its reason is still read', () => {
  const state = stateAfter(described('SUCCEEDED'), listed('FAILED'))
  expect(state).toMatchObject({ status: 'FAILED', described: false, endedAtMs: 1_000 })
  expect(stateAfter(listed('FAILED'), described('SUCCEEDED'))).toMatchObject({ status: 'FAILED', described: true })
  const reason = stateAfter(listed('SUCCEEDED'), described('FAILED', { failureReason: 'Why' }), described('FAILED'))
  expect(reason).toMatchObject({ status: 'FAILED', described: true, failureReason: 'Why' })
})

describe('failure', () => {
  test.each([unclear, throttled, unresolved])('that meets every call passes: $code', (failure) => {
    const state = stateAfter(met(failure))
    expect(state).toMatchObject({ askedAtMs: 1_000, blocker: { kind: 'passing', failure, absentSinceMs: null } })
    expect([isUnfinished(state), isUnreadable(state)]).toEqual([true, false])
  })

  test('that is a refusal is final', () => {
    const state = stateAfter(met(denied))
    expect(state.blocker).toEqual({ kind: 'final', failure: denied, asked: true })
    expect([isUnfinished(state), isUnreadable(state)]).toEqual([false, true])
    expect(isUnreadable(stateAfter(described('IN_PROGRESS'), met(denied)))).toBe(true)
  })

  test('does not change a request whose end is known', () => {
    const state = stateAfter(described('SUCCEEDED'))
    expect([met(denied)(state, 2_000), gaveUp(state, 2_000)]).toEqual([state, state])
  })

  test('does not change the known status', () => {
    expect(stateAfter(listed('FAILED'), met(denied))).toMatchObject({ status: 'FAILED', blocker: { kind: 'final' } })
    expect(statusOf(stateAfter(described('IN_PROGRESS'), met(unclear)))).toBe('IN_PROGRESS')
  })
})

describe('an absence', () => {
  const at =
    (ms: number, ...events: Event[]) =>
    (state: RequestState) =>
      events.reduce((before, event) => event(before, ms), state)
  const absentFrom = (ms: number) => at(ms, met(notFound))(unanswered(key))
  const isBelieved = ({ blocker }: RequestState) => blocker?.kind === 'final'

  test('is believed after 30 s', () => {
    expect(absentFrom(5_000).blocker).toEqual({ kind: 'passing', failure: notFound, absentSinceMs: 5_000 })
    expect(isBelieved(at(34_999, met(notFound))(absentFrom(5_000)))).toBe(false)
    expect(isBelieved(at(35_000, met(notFound))(absentFrom(5_000)))).toBe(true)
  })

  test('is believed at once if the wait looks only once', () => {
    expect(stateAfter(met(notFound, true)).blocker).toEqual({ kind: 'final', failure: notFound, asked: true })
    expect(isBelieved(stateAfter(met(unresolved, true)))).toBe(false)
  })

  test.each([throttled, unclear, unresolved])('goes on during failure that says nothing about it: $code', (between) => {
    const state = at(20_000, met(between))(absentFrom(5_000))
    expect(state.blocker).toEqual({ kind: 'passing', failure: between, absentSinceMs: 5_000 })
    expect(isBelieved(at(40_000, met(between))(state))).toBe(false)
    expect(isBelieved(at(40_000, met(notFound))(state))).toBe(true)
  })

  test.each([
    ['a Describe', described('IN_PROGRESS')],
    ['a list', listed('IN_PROGRESS')],
  ])('ends with the answer of %s', (_, answer) => {
    expect(isBelieved(at(40_000, answer, met(notFound))(absentFrom(5_000)))).toBe(false)
  })
})

test('a request that is given up because of others keeps its own failure', () => {
  expect(stateAfter(gaveUp).blocker).toEqual({ kind: 'final', failure: denied, asked: false })
  expect(stateAfter(met(unclear), gaveUp).blocker).toEqual({ kind: 'final', failure: denied, asked: false })
  const refused = stateAfter(met({ ...denied, code: 'ValidationException' }), gaveUp)
  expect(refused.blocker).toMatchObject({ failure: { code: 'ValidationException' }, asked: true })
  expect(stateAfter(listed('FAILED'), gaveUp)).toMatchObject({ status: 'FAILED', blocker: { asked: false } })
})

test('requests that were asked about longest ago come first, and those never asked about before them', () => {
  const [never, first, second] = [unanswered(key), stateAfter(met(unclear)), stateAfter(met(unclear), met(unclear))]
  expect([second, never, first].sort(byLastAsked)).toEqual([never, first, second])
})
