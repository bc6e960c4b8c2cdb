import { describe, expect, test } from '@jest/globals'
import type { AccountProgress } from '../../../src/aws/accounts.ts'
import { type LogOptions, WaitLog } from '../../../src/report/log.ts'
import type { RequestState, Status } from '../../../src/request.ts'
import { VirtualClock } from '../../virtual-clock.ts'
import { permissionSetArn, requestIdOf, stateOf, troubleOf } from '../examples.ts'

function logOf(
  total: number,
  countAccounts: (arn: string, signal: AbortSignal) => Promise<AccountProgress | null> = async () => null,
  inputs: Partial<LogOptions['inputs']> = {},
) {
  const clock = new VirtualClock(5_000)
  const lines: string[] = []
  const requestIds = Array.from({ length: total }, (_, index) => requestIdOf(index + 1))
  const whole = { operation: 'provision-permission-set', region: 'eu-central-1', requestIds, ...inputs } as const
  const log = new WaitLog({
    info: (line) => lines.push(line),
    clock,
    inputs: { timeoutMs: 1_800_000, wait: true, ...whole },
    countAccounts,
  })
  const status = (status: Status, known: Partial<RequestState> = {}) =>
    log.changed({ kind: 'status', state: stateOf(status, known) })
  /** The lines so far, without the column of times that every line has. */
  const texts = () => lines.map((line) => /^[\d. hmins]{11} {2}(.*)$/.exec(line)?.[1])
  return { clock, lines, log, status, texts }
}

describe('a line', () => {
  test('starts with the time waited, in a column', async () => {
    const { clock, lines, log } = logOf(1)
    log.line('first')
    await clock.advance(12_300)
    log.line('second')
    await clock.advance(600_000)
    log.line('third')
    await clock.advance(3_600_000)
    log.line('fourth')
    expect(lines).toEqual(['      0.0 s  first', '     12.3 s  second', '10 min 12 s  third', ' 1 h 10 min  fourth'])
  })

  test("holds AWS's text made safe", () => {
    const { log, lines } = logOf(1)
    log.line('a\n::error::b ##[error]c')
    expect(lines).toEqual(['      0.0 s  a ::error::b # #[error]c'])
  })
})

describe('the first line', () => {
  const whole = { operation: 'create-account-assignment', region: 'us-east-1', timeoutMs: 90_000 } as const

  test.each([
    [1, true, `Waiting for request ${requestIdOf(1)} of CreateAccountAssignment in us-east-1, for at most 1 min 30 s`],
    [3, true, 'Waiting for 3 requests of CreateAccountAssignment in us-east-1, for at most 1 min 30 s'],
    [3, false, 'Looking at 3 requests of CreateAccountAssignment in us-east-1'],
  ])('of %d requests says what is waited for, and for how long', (total, wait, line) => {
    const { log, texts } = logOf(total, undefined, { ...whole, wait })
    log.begin()
    log.end()
    expect(texts()).toEqual([line])
  })
})

describe('of one request', () => {
  test('the name of the permission set leads to the console, where there is one', () => {
    const { log, texts } = logOf(1)
    log.named('ReadOnlyAccess', permissionSetArn)
    log.named('ReadOnlyAccess', permissionSetArn.replace('aws', 'aws-iso'))
    expect(texts()).toEqual([
      'Permission set ReadOnlyAccess: https://eu-central-1.console.aws.amazon.com/singlesignon/home?region=eu-central-1#/instances/1234567890abcdef/permission-sets/details/ps-1234567890abcdef',
      'Permission set ReadOnlyAccess',
    ])
  })

  test('there is a line for each status, and one that AWS answers again', () => {
    const { log, status, texts } = logOf(1)
    status('IN_PROGRESS')
    log.changed({ kind: 'trouble', trouble: troubleOf({ message: 'Throttled' }), requestId: null })
    log.changed({ kind: 'recovered' })
    log.changed({
      kind: 'trouble',
      trouble: troubleOf({ code: 'denied', message: 'Denied' }),
      requestId: requestIdOf(1),
    })
    status('SUCCEEDED')
    log.looked(0)
    expect(texts()).toEqual(['IN_PROGRESS', 'Throttled', 'AWS answers again', 'Denied', 'SUCCEEDED'])
  })

  test('a failure comes with its reason, in one line', () => {
    const { status, texts } = logOf(1)
    status('FAILED', { failureReason: 'Because\nof ::it' })
    status('FAILED')
    expect(texts()).toEqual(['FAILED: Because of ::it', 'FAILED: AWS gave no reason'])
  })
})

describe('of several requests', () => {
  const [first, second, third] = [1, 2, 3].map((number) => ({ requestId: requestIdOf(number) }))

  test('there is a line a look, when it brought anything new', () => {
    const { log, status, texts } = logOf(3)
    status('IN_PROGRESS', first)
    status('IN_PROGRESS', second)
    log.looked(0)
    log.looked(0)
    status('SUCCEEDED', first)
    log.looked(0)
    status('SUCCEEDED', second)
    status('SUCCEEDED', third)
    log.looked(0)
    expect(texts()).toEqual(['0 of 3 done', '1 of 3 done', '3 of 3 done'])
  })

  test('each failure has a line of its own, and is counted', () => {
    const { log, status, texts } = logOf(3)
    status('FAILED', { ...first, failureReason: 'Why' })
    status('FAILED', { ...second, failureReason: 'So' })
    status('SUCCEEDED', third)
    log.looked(0)
    expect(texts()).toEqual([
      `${requestIdOf(1)}  FAILED: Why`,
      `${requestIdOf(2)}  FAILED: So`,
      '3 of 3 done, 2 failed',
    ])
  })

  test('those that most likely ended, but are not confirmed, are told apart', () => {
    const { log, status, texts } = logOf(3)
    status('FAILED', { ...first, failureReason: 'Why' })
    log.looked(2)
    log.looked(1)
    log.looked(0)
    expect(texts().slice(1)).toEqual([
      '1 of 3 done, 1 failed, 2 more to confirm',
      '1 of 3 done, 1 failed, 1 more to confirm',
      '1 of 3 done, 1 failed',
    ])
  })

  test('names are not told, of which there may be many', () => {
    const { log, texts } = logOf(2)
    log.named('ReadOnlyAccess', permissionSetArn)
    expect(texts()).toEqual([])
  })

  test('that the role may not list them is told', () => {
    const { log, texts } = logOf(2)
    log.listRefused(troubleOf({ message: 'Access denied: the role may not call sso:List' }))
    expect(texts()).toEqual(['Access denied: the role may not call sso:List; each request is described instead'])
  })

  test('trouble says whom it concerns', () => {
    const { log, texts } = logOf(2)
    log.changed({ kind: 'trouble', trouble: troubleOf({ message: 'Throttled' }), requestId: null })
    log.changed({
      kind: 'trouble',
      trouble: troubleOf({ code: 'absent', message: 'No such request' }),
      requestId: requestIdOf(2),
    })
    expect(texts()).toEqual(['Throttled', `${requestIdOf(2)}  No such request`])
  })

  test('a cause that many of them meet is told of the first', () => {
    const { log, texts } = logOf(3)
    for (const requestId of [1, 2, 3].map(requestIdOf)) {
      log.changed({ kind: 'trouble', trouble: troubleOf({ code: 'denied', message: 'Denied' }), requestId })
      log.changed({ kind: 'trouble', trouble: troubleOf({ code: 'absent', message: 'Absent' }), requestId })
    }
    expect(texts()).toEqual([`${requestIdOf(1)}  Denied`, `${requestIdOf(1)}  Absent`])
  })

  test('of which more than 50 have something to tell are told of in the summary and the outputs', () => {
    const { log, status, texts } = logOf(100)
    for (let number = 1; number <= 60; number++) status('FAILED', { requestId: requestIdOf(number) })
    log.looked(0)
    expect(texts()).toEqual([
      ...Array.from({ length: 50 }, (_, index) => `${requestIdOf(index + 1)}  FAILED: AWS gave no reason`),
      'More of this kind is in the job summary and the outputs',
      '60 of 100 done, 60 failed',
    ])
  })
})

describe('when nothing changes', () => {
  const opening = expect.stringMatching(/^ {6}0\.0 s {2}Waiting for /)

  test('there is a line every 30 s, counted from the last one', async () => {
    const { clock, lines, log, status } = logOf(1)
    log.begin()
    await clock.advance(10_000)
    status('IN_PROGRESS')
    await clock.advance(100_000)
    expect(lines).toEqual([
      opening,
      '     10.0 s  IN_PROGRESS',
      '     40.0 s  IN_PROGRESS',
      ' 1 min 10 s  IN_PROGRESS',
      ' 1 min 40 s  IN_PROGRESS',
    ])
  })

  test('it says how far things are', async () => {
    const { clock, log, status, texts } = logOf(1)
    log.begin()
    await clock.advance(30_000)
    status('IN_PROGRESS')
    await clock.advance(30_000)
    expect(texts().slice(1)).toEqual(['No answer yet', 'IN_PROGRESS', 'IN_PROGRESS'])
    const several = logOf(2)
    several.log.begin()
    several.status('SUCCEEDED')
    await several.clock.advance(30_000)
    expect(several.texts().slice(1)).toEqual(['1 of 2 done'])
  })

  test('it says what is in the way, as long as it is', async () => {
    const { clock, log, status, texts } = logOf(1)
    const trouble = (message: string) =>
      log.changed({ kind: 'trouble', trouble: troubleOf({ message }), requestId: null })
    log.begin()
    trouble('Throttled')
    await clock.advance(30_000)
    log.changed({ kind: 'recovered' })
    await clock.advance(30_000)
    trouble('Broken')
    await clock.advance(30_000)
    status('IN_PROGRESS')
    await clock.advance(30_000)
    expect(texts().slice(1)).toEqual([
      'Throttled',
      'No answer yet; still trying: Throttled',
      'AWS answers again',
      'No answer yet',
      'Broken',
      'No answer yet; still trying: Broken',
      'IN_PROGRESS',
      'IN_PROGRESS',
    ])
  })

  test('it ends as soon as the wait does', async () => {
    const { clock, lines, log } = logOf(1)
    log.begin()
    await clock.advance(29_999)
    log.end()
    expect(clock.sleeping).toBe(0)
    await clock.advance(60_000)
    expect(lines).toEqual([opening])
  })
})

describe('accounts', () => {
  test('how many of how many hold the latest permission set is told when it changes, and with every line after 30 s', async () => {
    const counts = [
      { updated: 1, total: 4 },
      { updated: 1, total: 4 },
      { updated: 1, total: 4 },
      { updated: 3, total: 4 },
      { updated: 3, total: 5 },
      null,
    ]
    const asked: [string, number][] = []
    const { clock, lines, log, status } = logOf(1, async (arn) => {
      asked.push([arn, clock.now() - 5_000])
      return counts.shift() ?? null
    })
    log.begin()
    status('IN_PROGRESS', { permissionSetArn })
    await clock.advance(110_000)
    expect(lines.slice(1)).toEqual([
      '      0.0 s  IN_PROGRESS',
      '     15.0 s  IN_PROGRESS, 1 of 4 accounts hold the latest permission set',
      '     45.0 s  IN_PROGRESS, 1 of 4 accounts hold the latest permission set',
      '      1 min  IN_PROGRESS, 3 of 4 accounts hold the latest permission set',
      ' 1 min 15 s  IN_PROGRESS, 3 of 5 accounts hold the latest permission set',
      ' 1 min 45 s  IN_PROGRESS, 3 of 5 accounts hold the latest permission set',
    ])
    expect(asked).toEqual([15, 30, 45, 60, 75, 90, 105].map((seconds) => [permissionSetArn, seconds * 1_000]))
  })

  test('are not counted where there is one, where the permission set is not known, or of several requests', async () => {
    const asked: string[] = []
    const count = async (arn: string) => {
      asked.push(arn)
      return { updated: 1, total: 1 }
    }
    const cases: [number, Partial<RequestState>][] = [
      [1, { permissionSetArn, accountId: '111122223333' }],
      [1, {}],
      [2, { permissionSetArn }],
    ]
    for (const [total, known] of cases) {
      const { clock, log, status } = logOf(total, count)
      log.begin()
      await clock.advance(20_000)
      status('IN_PROGRESS', known)
      await clock.advance(60_000)
    }
    expect(asked).toEqual([])
  })

  test('are counted no longer, and not told, once the wait is over', async () => {
    let counting = 0
    const { clock, lines, log, status } = logOf(1, async (_, signal) => {
      counting += 1
      await clock.sleep(10_000, signal)
      counting -= 1
      return { updated: 1, total: 2 }
    })
    log.begin()
    status('IN_PROGRESS', { permissionSetArn })
    await clock.advance(16_000)
    expect(counting).toBe(1)
    log.end()
    await clock.advance(0)
    expect([counting, clock.sleeping, lines.length]).toEqual([0, 0, 2])
  })

  test('a line comes every 30 s, however long it takes to count them', async () => {
    const { clock, lines, log, status } = logOf(1, async (_, signal) => {
      await clock.sleep(50_000, signal)
      return { updated: 1, total: 2 }
    })
    log.begin()
    status('IN_PROGRESS', { permissionSetArn })
    await clock.advance(125_000)
    const at = lines.map((line) => line.slice(0, 11).trim())
    expect(at).toEqual(['0.0 s', '0.0 s', '30.0 s', '1 min', '1 min 05 s', '1 min 35 s', '2 min 05 s'])
  })
})
