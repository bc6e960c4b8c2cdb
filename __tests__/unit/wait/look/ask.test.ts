import { describe, expect, test } from '@jest/globals'
import type { Answer } from '../../../../src/requests/api.ts'
import { askWithin } from '../../../../src/wait/look/ask.ts'
import { TimeLimitReached } from '../../../../src/wait/time/deadline.ts'
import { RateLimit } from '../../../../src/wait/time/rate-limit.ts'
import { VirtualClock } from '../../../support/virtual-clock.ts'
import { denied, invalid, notFound, throttled, unclear, unresolved } from '../model.ts'

const never = new AbortController().signal
const required = { priority: 'required', signal: never } as const
const yes: Answer<string> = { ok: true, value: 'yes' }

function asking() {
  const clock = new VirtualClock()
  const rateLimit = new RateLimit(clock)
  const ask = askWithin(rateLimit, clock)
  /** How many calls the limit allows at once, after a second without calls. */
  const rate = async () => {
    await clock.advance(1_000)
    const madeAt: number[] = []
    const make = () =>
      ask(required, async (): Promise<Answer<string>> => {
        madeAt.push(clock.now())
        return { ok: false, failure: unclear }
      })
    await clock.run(Promise.all(Array.from({ length: 10 }, make)))
    return madeAt.filter((ms) => ms === madeAt[0]).length
  }
  return { ask, clock, rate, rateLimit }
}

describe('the rate', () => {
  test.each([
    [throttled.code, 7, throttled],
    [unclear.code, 10, unclear],
    [unresolved.code, 10, unresolved],
  ])('after %s is %d calls a second', async (_, expected, failure) => {
    const { ask, rate } = asking()
    expect(await ask(required, async () => ({ ok: false, failure }))).toEqual({ ok: false, failure })
    expect(await rate()).toBe(expected)
  })

  test.each<[string, Answer<string>]>([
    ['a status', yes],
    ...[denied, invalid, notFound].map((failure): [string, Answer<string>] => [failure.code, { ok: false, failure }]),
  ])('rises with each answer, also with a refusal: %s', async (_, answer) => {
    const { ask, rate, rateLimit } = asking()
    rateLimit.throttled()
    for (let calls = 0; calls < 4; calls++) expect(await ask(required, async () => answer)).toBe(answer)
    expect(await rate()).toBe(8)
  })
})

describe('a call', () => {
  test('that is not needed is not made, and does not wait', async () => {
    const { ask, clock } = asking()
    const make = async () => yes
    await Promise.all(Array.from({ length: 10 }, () => ask(required, make)))
    expect(await ask({ ...required, isWanted: () => false }, make)).toBeNull()
    expect(clock.now()).toBe(0)
  })

  test('that is not needed any more when its permit comes is not made, and does not count', async () => {
    const { ask, clock } = asking()
    let made = 0
    const make = async () => {
      made += 1
      return yes
    }
    await Promise.all(Array.from({ length: 10 }, () => ask(required, make)))
    let wanted = true
    const late = Array.from({ length: 20 }, () => ask({ ...required, isWanted: () => wanted }, make))
    wanted = false
    expect(new Set(await clock.run(Promise.all(late)))).toEqual(new Set([null]))
    expect(await ask(required, make)).toBe(yes)
    expect([made, clock.now()]).toEqual([11, 1_000])
  })

  test('counts for the rate even if it throws', async () => {
    const { ask, clock } = asking()
    for (let calls = 0; calls < 10; calls++)
      await expect(ask(required, () => Promise.reject(new Error('boom')))).rejects.toThrow('boom')
    expect(await clock.run(ask(required, async () => yes))).toBe(yes)
    expect(clock.now()).toBe(1_000)
  })

  test.each<[string, boolean, unknown, number]>([
    ['a cancellation', false, 'cancelled', 5_000],
    ['the deadline, just after it began', false, new TimeLimitReached(1), 999],
    ['the deadline, after it hung for one second', true, new TimeLimitReached(1), 1_000],
  ])('that is given up because of %s says something about AWS: %s', async (_, says, reason, afterMs) => {
    const { ask, clock } = asking()
    const cut = new AbortController()
    clock.sleep(afterMs, never).then(() => cut.abort(reason))
    const hang = async (signal: AbortSignal): Promise<Answer<string>> => {
      await clock.sleep(60_000, signal)
      return { ok: false, failure: unclear }
    }
    const answer = await clock.run(ask({ priority: 'required', signal: cut.signal }, hang))
    expect(answer).toEqual(says ? { ok: false, failure: unclear } : null)
  })

  test('that gets its answer at the moment when it is given up has that answer', async () => {
    const { ask, clock } = asking()
    const cut = new AbortController()
    const answer = async () => {
      await clock.sleep(10, never)
      cut.abort()
      return yes
    }
    expect(await clock.run(ask({ priority: 'required', signal: cut.signal }, answer))).toBe(yes)
    expect(await ask({ priority: 'required', signal: cut.signal }, answer)).toBeNull()
  })
})
