import { describe, expect, test } from '@jest/globals'
import { linesBetween, logLine, openingLines } from '../../../src/report/log-lines.ts'
import { toTheEnd } from '../../../src/requests/goal.ts'
import { longList } from '../../../src/wait/snapshot/list-access.ts'
import { Wait } from '../wait.ts'
import { callFailureOf, denied, keyOf, permissionSetArn, permissionSetArnOf, requestIdOf, unknown } from './outcomes.ts'

/** The log of a wait for this many requests. A test makes the observations. */
function logOf(count: number, wait = true) {
  const lines: string[] = []
  const log = new Wait(count, wait, (before, after) => lines.push(...linesBetween(before, after, 'eu-central-1')))
  /** The new lines since the last call, without the column of times. */
  const texts = () => lines.splice(0).map((line) => /^[\d. hmins]{11} {2}(.*)$/.exec(line)?.[1])
  return Object.assign(log, { lines, texts })
}

const throttled = callFailureOf({ effect: 'throttled', code: 'ThrottlingException', message: 'AWS throttled the call' })
const noHost = callFailureOf({ effect: 'absent', code: 'ENOTFOUND', message: 'A host name does not resolve' })
const unreadable = callFailureOf({ scope: 'request', code: 'UnreadableAnswer', message: 'The answer has no status' })

describe('a line', () => {
  test('starts with the time waited, in a column of its own', () => {
    expect([0, 12_300, 612_300, 4_212_300].map((elapsedMs) => logLine(elapsedMs, 'text'))).toEqual([
      '      0.0 s  text',
      '     12.3 s  text',
      '10 min 12 s  text',
      ' 1 h 10 min  text',
    ])
  })

  test("has AWS's text in a safe form", () => {
    expect(logLine(0, 'a\n::error::b ##[error]c')).toBe('      0.0 s  a ::error::b # #[error]c')
  })

  test('has the time of the change that it reports', () => {
    const { at, lines } = logOf(1)
    at(400).described(1, 'IN_PROGRESS')
    at(61_000).met(1, throttled)
    at(125_000).described(1, 'SUCCEEDED')
    expect(lines).toEqual(['      0.4 s  IN_PROGRESS', ' 1 min 01 s  AWS throttled the call', ' 2 min 05 s  SUCCEEDED'])
  })
})

describe('the first line', () => {
  const [creation, provisioning] = [keyOf(1, 'create-account-assignment'), keyOf(2)]

  test.each([
    [
      [creation],
      true,
      `Waiting for request ${requestIdOf(1)} of CreateAccountAssignment in us-east-1, for at most 1 min 30 s`,
    ],
    [
      [creation, creation],
      true,
      'Waiting for 2 requests of CreateAccountAssignment in us-east-1, for at most 1 min 30 s',
    ],
    [[creation, creation], false, 'Looking at 2 requests of CreateAccountAssignment in us-east-1'],
    [
      [creation, provisioning, creation],
      false,
      'Looking at 3 requests of CreateAccountAssignment (2), ProvisionPermissionSet (1) in us-east-1',
    ],
  ])('says what the step waits for, and how long', (keys, wait, text) => {
    expect(openingLines({ ...toTheEnd, region: 'us-east-1', requests: keys, timeoutMs: 90_000, wait })).toEqual([
      `      0.0 s  ${text}`,
    ])
  })

  test('is missing if there is nothing to wait for', () => {
    expect(openingLines({ ...toTheEnd, region: 'us-east-1', requests: [], timeoutMs: 90_000 })).toEqual([])
  })
})

describe('the lines about one request', () => {
  test('have each status once', () => {
    const { described, looked, texts } = logOf(1)
    for (const status of ['IN_PROGRESS', 'IN_PROGRESS', 'SUCCEEDED', 'SUCCEEDED'] as const) {
      described(1, status)
      looked()
    }
    expect(texts()).toEqual(['IN_PROGRESS', 'SUCCEEDED'])
  })

  test('have a failure with its reason, in one line', () => {
    const { described, texts } = logOf(1)
    described(1, 'FAILED', { failureReason: 'Because\nof ::it' })
    described(1, 'FAILED', { failureReason: 'Because\nof ::it' })
    expect(texts()).toEqual(['FAILED: Because of ::it'])
  })

  test('say that a failure has no reason only after a Describe', () => {
    const { described, listed, texts } = logOf(1)
    listed('FAILED', [1])
    expect(texts()).toEqual([])
    described(1, 'FAILED')
    expect(texts()).toEqual(['FAILED: AWS gave no reason'])
  })

  test('have its failure, but not its ID', () => {
    const { met, described, texts } = logOf(1)
    met(1, unreadable)
    met(1, unreadable)
    described(1, 'IN_PROGRESS')
    expect(texts()).toEqual(['The answer has no status', 'IN_PROGRESS'])
  })
})

describe('the lines about several requests', () => {
  test('have a line for the first look with answers, and for each look with news', () => {
    const { listed, looked, texts } = logOf(3)
    listed('IN_PROGRESS', [1, 2])
    looked()
    expect(texts()).toEqual(['0 of 3 done'])
    looked()
    listed('SUCCEEDED', [1])
    looked()
    listed('SUCCEEDED', [2, 3])
    looked()
    expect(texts()).toEqual(['1 of 3 done', '3 of 3 done'])
  })

  test('have no line for a look without an answer', () => {
    const { looked, texts } = logOf(3)
    looked()
    expect(texts()).toEqual([])
  })

  test('have a line for each failure, with permission set and account, and count it', () => {
    const { described, looked, named, texts } = logOf(3)
    named(permissionSetArn, 'ReadOnlyAccess')
    texts()
    described(1, 'FAILED', { permissionSetArn, accountId: '111122223333', failureReason: 'Why' })
    described(2, 'FAILED', { permissionSetArn: permissionSetArnOf(2) })
    described(3, 'SUCCEEDED')
    looked()
    expect(texts()).toEqual([
      `ReadOnlyAccess in 111122223333 (${requestIdOf(1)})  FAILED: Why`,
      `ps-0000000000000002 in all accounts (${requestIdOf(2)})  FAILED: AWS gave no reason`,
      '3 of 3 done, 2 failed',
    ])
  })

  test('show a failure in place of a success that AWS takes back', () => {
    const { described, texts } = logOf(2)
    described(1, 'SUCCEEDED')
    described(1, 'FAILED', { failureReason: 'Why' })
    expect(texts()).toEqual([`${requestIdOf(1)}  FAILED: Why`])
  })

  test('do not count requests that have left the list of requests in progress as done', () => {
    const { described, looked, texts } = logOf(4)
    described(1, 'FAILED', { failureReason: 'Why' })
    looked(2)
    looked(1)
    looked(0)
    expect(texts().slice(1)).toEqual([
      "1 of 4 done, 1 failed, 2 more are no longer on AWS's list of requests in progress, and their end is being confirmed",
      "1 of 4 done, 1 failed, 1 more is no longer on AWS's list of requests in progress, and its end is being confirmed",
      '1 of 4 done, 1 failed',
    ])
  })

  test('have a line for each of 50 failures, and then one that says where the others are', () => {
    const { described, looked, texts } = logOf(100)
    for (let number = 1; number <= 60; number++) described(number, 'FAILED')
    looked()
    expect(texts()).toEqual([
      ...Array.from({ length: 50 }, (_, index) => `${requestIdOf(index + 1)}  FAILED: AWS gave no reason`),
      'More failures are in the job summary and the outputs',
      '60 of 100 done, 60 failed',
    ])
  })

  test('are cut in the same way for many failures between two snapshots', () => {
    const { described, snapshot: before } = logOf(60)
    const [after = before] = Array.from({ length: 52 }, (_, index) => described(index + 1, 'FAILED')).slice(-1)
    const lines = linesBetween(before, after, 'eu-central-1')
    expect(lines).toHaveLength(51)
    expect(lines.at(-1)).toMatch(/More failures are in the job summary and the outputs$/)
  })
})

describe('failure', () => {
  test('has a line when it begins, and one when it ends', () => {
    const { described, met, texts } = logOf(2)
    described(1, 'IN_PROGRESS')
    met(1, throttled)
    met(2, throttled)
    described(1, 'IN_PROGRESS')
    expect(texts()).toEqual(['AWS throttled the call', 'AWS answers again'])
  })

  test('has a line when the cause changes', () => {
    const { met, texts } = logOf(1)
    for (const failure of [throttled, throttled, callFailureOf(), throttled]) met(1, failure)
    expect(texts()).toEqual(['AWS throttled the call', 'The connection to AWS broke', 'AWS throttled the call'])
  })

  test('has ended if a status shows that', () => {
    const { described, met, texts } = logOf(1)
    met(1, throttled)
    described(1, 'IN_PROGRESS')
    met(1, throttled)
    described(1, 'SUCCEEDED')
    expect(texts()).toEqual(['AWS throttled the call', 'IN_PROGRESS', 'AWS throttled the call', 'SUCCEEDED'])
  })

  test('names its request, and of several requests with the same cause only the first', () => {
    const { described, met, texts } = logOf(4)
    described(2, 'IN_PROGRESS', { permissionSetArn })
    for (const number of [2, 3, 4]) met(number, unreadable)
    met(3, unknown)
    expect(texts()).toEqual([
      `ps-0000000000000001 in all accounts (${requestIdOf(2)})  The answer has no status`,
      `${requestIdOf(3)}  AWS knows no such request (ResourceNotFoundException); asking again for up to 30 s`,
    ])
  })

  test('has ended when no request meets it any more', () => {
    const { described, met, texts } = logOf(2)
    met(1, unreadable)
    met(2, unreadable)
    texts()
    described(1, 'IN_PROGRESS')
    expect(texts()).toEqual([])
    described(2, 'IN_PROGRESS')
    expect(texts()).toEqual(['AWS answers again'])
  })

  test('has no end if other failure follows', () => {
    const { met, texts } = logOf(2)
    met(1, throttled)
    met(2, throttled)
    met(1, unknown)
    expect(texts()).toEqual([
      'AWS throttled the call',
      `${requestIdOf(1)}  AWS knows no such request (ResourceNotFoundException); asking again for up to 30 s`,
    ])
  })

  test('has one line if a denial of the API action ends many requests', () => {
    const { met, texts } = logOf(20)
    met(3, denied)
    met(4, { ...denied, code: 'AccessDenied', message: 'Denied otherwise' })
    met(5, denied)
    expect(texts()).toEqual([`${requestIdOf(3)}  ${denied.message}`, `${requestIdOf(4)}  Denied otherwise`])
  })

  test('has no line for a single request if every call meets it', () => {
    const { met, texts } = logOf(2)
    met(1, { ...throttled, effect: 'refused' })
    expect(texts()).toEqual(['AWS throttled the call'])
  })
})

describe('an absence', () => {
  const sentence = 'AWS knows no such request (ResourceNotFoundException)'

  test('has a line at once, which says that the action asks again, and only one', () => {
    const { at, texts } = logOf(1)
    at(0).met(1, unknown)
    at(10_000).met(1, unknown)
    at(30_000).met(1, unknown)
    expect(texts()).toEqual([`${sentence}; asking again for up to 30 s`])
  })

  test('has only one line, even if other failure comes in between', () => {
    const { met, texts } = logOf(1)
    met(1, unknown)
    met(1, throttled)
    met(1, unknown)
    expect(texts()).toEqual([`${sentence}; asking again for up to 30 s`, 'AWS throttled the call'])
  })

  test('that is believed at once does not say that the action asks again', () => {
    const { met, texts } = logOf(1, false)
    met(1, unknown)
    expect(texts()).toEqual([sentence])
  })

  test('of a host name has the same line', () => {
    const { at, described, texts } = logOf(2)
    described(2, 'SUCCEEDED')
    at(0).met(1, noHost)
    at(30_000).met(1, noHost)
    expect(texts()).toEqual(['A host name does not resolve; asking again for up to 30 s'])
    const gaveUp = logOf(2)
    gaveUp.met(1, { ...noHost, effect: 'refused' })
    expect(gaveUp.texts()).toEqual(['A host name does not resolve'])
  })
})

describe('a call that is not possible', () => {
  test('has a line if it is a list, and another line when the cause changes', () => {
    const { listed, texts } = logOf(2)
    const refused = callFailureOf({ ...denied, message: 'Access denied: the role may not call sso:List' })
    listed('IN_PROGRESS', [], { failure: throttled })
    listed('IN_PROGRESS', [], { failure: throttled })
    listed('IN_PROGRESS', [], { failure: refused })
    expect(texts()).toEqual([
      'AWS throttled the call; each request is described instead',
      'Access denied: the role may not call sso:List; each request is described instead',
    ])
  })

  test('of a list says why the list saves no calls', () => {
    const { at, described, listed, texts } = logOf(2)
    described(1, 'SUCCEEDED')
    at(10_001).listed('IN_PROGRESS', [1])
    listed('FAILED', [], { failure: longList, operation: 'create-account-assignment' })
    expect(texts().slice(-2)).toEqual([
      'The list of requests is out of date: it shows a request in progress that has ended; each request is described instead',
      'The list of requests is too long to read; each request is described instead',
    ])
  })

  test('has no line if it is a list and every call meets the same', () => {
    const { met, listed, texts } = logOf(2)
    met(1, throttled)
    met(2, throttled)
    listed('IN_PROGRESS', [], { failure: throttled })
    expect(texts()).toEqual(['AWS throttled the call'])
  })

  test('has one line if it is an optional call that is denied', () => {
    const { observe, texts } = logOf(2)
    for (const arn of [1, 2].map(permissionSetArnOf))
      observe({ kind: 'named', permissionSetArn: arn, answer: { ok: false, failure: denied } })
    observe({ kind: 'accounts', startedAtMs: 0, permissionSetArn, answer: { ok: false, failure: denied } })
    expect(texts()).toEqual([
      'The role may not call sso:DescribePermissionSet; going on without it',
      'The role may not call sso:ListAccountsForProvisionedPermissionSet; going on without it',
    ])
  })
})

describe('the name', () => {
  test('of a single permission set has a link to the console, if there is one', () => {
    const { described, named, texts } = logOf(1)
    described(1, 'IN_PROGRESS', { permissionSetArn })
    named(permissionSetArn, 'ReadOnlyAccess')
    named(permissionSetArn.replace('aws', 'aws-iso'), 'Other')
    expect(texts().slice(1)).toEqual([
      'Permission set ReadOnlyAccess: https://eu-central-1.console.aws.amazon.com/singlesignon/home?region=eu-central-1#/instances/1234567890abcdef/permission-sets/details/ps-0000000000000001',
      'Permission set Other',
    ])
  })

  test('of one of several permission sets has a line if the log has shown its ID', () => {
    const { described, named, observe, texts } = logOf(3)
    described(1, 'FAILED', { permissionSetArn })
    described(2, 'IN_PROGRESS', { permissionSetArn: permissionSetArnOf(2) })
    texts()
    named(permissionSetArn, 'ReadOnlyAccess')
    named(permissionSetArnOf(2), 'AdminAccess')
    expect(texts()).toEqual(['Permission set ps-0000000000000001 is ReadOnlyAccess'])
    described(3, 'FAILED', { permissionSetArn: permissionSetArnOf(3) })
    observe({ kind: 'over', ending: 'finished' })
    texts()
    named(permissionSetArnOf(3), 'Billing')
    expect(texts()).toEqual([])
  })
})

describe('the number of accounts', () => {
  test('that hold the latest version has a line when it changes', () => {
    const { counted, described, observe, texts } = logOf(1)
    described(1, 'IN_PROGRESS', { permissionSetArn })
    counted(permissionSetArn, 1, 4)
    counted(permissionSetArn, 1, 4)
    counted(permissionSetArn, 3, 4)
    counted(permissionSetArn, 3, 5)
    observe({ kind: 'over', ending: 'timed-out' })
    counted(permissionSetArn, 4, 5)
    expect(texts().slice(1)).toEqual([
      'IN_PROGRESS, 1 of 4 accounts hold the latest version',
      'IN_PROGRESS, 3 of 4 accounts hold the latest version',
      'IN_PROGRESS, 3 of 5 accounts hold the latest version',
    ])
  })

  test('has a line for each permission set of several requests', () => {
    const { counted, named, texts } = logOf(2)
    named(permissionSetArnOf(2), 'AdminAccess')
    texts()
    counted(permissionSetArn, 1, 4)
    counted(permissionSetArnOf(2), 2, 4)
    expect(texts()).toEqual([
      'ps-0000000000000001: 1 of 4 accounts hold the latest version',
      'AdminAccess: 2 of 4 accounts hold the latest version',
    ])
  })
})

describe('a heartbeat', () => {
  test('says how far one request is', () => {
    const { counted, described, heartbeat, texts } = logOf(1)
    heartbeat()
    described(1, 'IN_PROGRESS', { permissionSetArn })
    heartbeat()
    counted(permissionSetArn, 1, 4)
    heartbeat()
    expect(texts()).toEqual([
      'No status yet',
      'IN_PROGRESS',
      'IN_PROGRESS',
      'IN_PROGRESS, 1 of 4 accounts hold the latest version',
      'IN_PROGRESS, 1 of 4 accounts hold the latest version',
    ])
  })

  test('says how far several requests are, and between two looks only what is certain', () => {
    const { described, heartbeat, looked, met, texts } = logOf(5)
    described(1, 'SUCCEEDED')
    looked(2)
    texts()
    heartbeat()
    described(2, 'FAILED')
    met(3, { ...unknown, effect: 'refused' })
    heartbeat()
    expect(texts()).toEqual([
      "1 of 5 done, 2 more are no longer on AWS's list of requests in progress, and their end is being confirmed",
      `${requestIdOf(2)}  FAILED: AWS gave no reason`,
      `${requestIdOf(3)}  AWS knows no such request (ResourceNotFoundException)`,
      '2 of 5 done, 1 failed, 1 cannot be read',
    ])
  })

  test('names failure for as long as it lasts', () => {
    const { described, heartbeat, met, texts } = logOf(2)
    met(1, throttled)
    met(2, throttled)
    heartbeat()
    met(1, unreadable)
    heartbeat()
    described(1, 'IN_PROGRESS')
    heartbeat()
    expect(texts()).toEqual([
      'AWS throttled the call',
      '0 of 2 done; still trying: AWS throttled the call',
      `${requestIdOf(1)}  The answer has no status`,
      '0 of 2 done; still trying: The answer has no status',
      'AWS answers again',
      '0 of 2 done',
    ])
  })

  test('does not name the failure of a request that was given up', () => {
    const { heartbeat, met, texts } = logOf(2)
    met(1, { ...unreadable, effect: 'refused' })
    texts()
    heartbeat()
    expect(texts()).toEqual(['0 of 2 done, 1 cannot be read'])
  })
})
