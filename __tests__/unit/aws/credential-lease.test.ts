import { describe, expect, test } from '@jest/globals'
import { type Lease, renewedCredentials } from '../../../src/aws/credential-lease.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

/** Credentials of a place that numbers its answers. `failures`: what it throws, in turn; `undefined` for an answer. */
function credentialsOf(lifetimeSeconds: number) {
  const clock = new VirtualClock(5_000)
  const failures: unknown[] = []
  const times: number[] = []
  const obtain = async (): Promise<Lease> => {
    times.push(clock.now())
    const failure = failures.shift()
    if (failure !== undefined) throw failure
    const credentials = { accessKeyId: `key ${times.length}`, secretAccessKey: 'secret' }
    return { credentials, lifetimeMs: lifetimeSeconds * 1_000 }
  }
  const renewed = renewedCredentials(clock, obtain)
  const keyAfter = async (seconds: number) => {
    await clock.advance(seconds * 1_000)
    const { accessKeyId } = await renewed.provide()
    await clock.advance(0)
    return accessKeyId
  }
  return { clock, failures, keyAfter, renewed, times }
}

describe('credentials', () => {
  test('are renewed 5 minutes before their end, as often as it takes', async () => {
    const { keyAfter } = credentialsOf(3_600)
    expect(await keyAfter(0)).toBe('key 1')
    expect(await keyAfter(3_299.999)).toBe('key 1')
    expect(await keyAfter(0.001)).toBe('key 2')
    expect(await keyAfter(3_299)).toBe('key 2')
    expect(await keyAfter(10_000)).toBe('key 3')
  })

  test('that are short-lived are renewed a tenth of their life before their end', async () => {
    const { keyAfter, times } = credentialsOf(900)
    await keyAfter(0)
    await keyAfter(809.999)
    expect(times).toHaveLength(1)
    await keyAfter(0.001)
    expect(times).toHaveLength(2)
  })

  test('without an end are kept for ever', async () => {
    const { keyAfter, times } = credentialsOf(Number.POSITIVE_INFINITY)
    expect(await keyAfter(0)).toBe('key 1')
    expect(await keyAfter(1_000_000)).toBe('key 1')
    expect(times).toHaveLength(1)
  })

  test('last from the time of the request for them, not of the answer', async () => {
    const clock = new VirtualClock()
    const renewed = renewedCredentials(clock, async () => {
      await clock.sleep(2_000, new AbortController().signal)
      return { credentials: { accessKeyId: `${clock.now()}`, secretAccessKey: 'secret' }, lifetimeMs: 10_000 }
    })
    expect(await clock.run(renewed.provide())).toMatchObject({ accessKeyId: '2000' })
    await clock.advance(6_999)
    expect(await clock.run(renewed.provide())).toMatchObject({ accessKeyId: '2000' })
    await clock.advance(1)
    expect(await clock.run(renewed.provide())).toMatchObject({ accessKeyId: '11000' })
  })

  test('are obtained once for calls that need them at the same time', async () => {
    const { renewed, times } = credentialsOf(3_600)
    const keys = await Promise.all([renewed.provide(), renewed.provide(), renewed.provide()])
    expect(keys.map(({ accessKeyId }) => accessKeyId)).toEqual(['key 1', 'key 1', 'key 1'])
    expect(times).toHaveLength(1)
  })

  test('that cannot be renewed are used until their end, and the next renewal comes after a tenth of the time left', async () => {
    const { failures, keyAfter, times } = credentialsOf(3_600)
    await keyAfter(0)
    failures.push(new Error('not now'), new Error('not now'), new Error('over'))
    expect(await keyAfter(3_400)).toBe('key 1')
    expect(await keyAfter(19.999)).toBe('key 1')
    expect(times).toHaveLength(2)
    expect(await keyAfter(0.001)).toBe('key 1')
    expect(times).toHaveLength(3)
    await expect(keyAfter(180)).rejects.toThrow('over')
    expect(await keyAfter(0)).toBe('key 5')
  })

  test('that cannot be renewed stay in use for all calls at the same time', async () => {
    const { clock, failures, keyAfter, renewed } = credentialsOf(3_600)
    await keyAfter(0)
    failures.push(new Error('not now'))
    await clock.advance(3_400_000)
    const keys = await Promise.all([renewed.provide(), renewed.provide()])
    expect(keys.map(({ accessKeyId }) => accessKeyId)).toEqual(['key 1', 'key 1'])
  })

  test('that have expired for AWS are not used again, even if they cannot be renewed', async () => {
    const { failures, keyAfter, renewed } = credentialsOf(3_600)
    await keyAfter(0)
    renewed.discard()
    failures.push(new Error('not now'))
    await expect(keyAfter(0)).rejects.toThrow('not now')
    expect(await keyAfter(0)).toBe('key 3')
  })

  test('that have expired for AWS during a renewal are not used again', async () => {
    const { failures, keyAfter, renewed } = credentialsOf(3_600)
    await keyAfter(0)
    failures.push(new Error('not now'))
    const renewal = keyAfter(3_400)
    renewed.discard()
    await expect(renewal).rejects.toThrow('not now')
  })
})
