import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../../simulator/faults.ts'
import { isMembers } from '../../../simulator/members.ts'
import type { Plan } from '../../../simulator/settings.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import { type ModelCall, patched, plan, plans } from './model.ts'
import {
  assignment,
  busy,
  denied,
  deniedAccounts,
  during,
  type Ends,
  ending,
  fails,
  forEach,
  from,
  hang,
  idleA,
  idleAll,
  incomplete,
  invalid,
  notFound,
  ofA,
  ofB,
  ofBoth,
  ofRequests,
  once,
  others,
  type Rows,
  rolledOut,
  server,
  succeeded,
  testEach,
  throttled,
  timedOut,
  withoutSet,
} from './rows.ts'
import { arnA, arnB, costOf, type Scenario } from './wait-for.ts'

// Waits for a state, by the rules for what is known of it. Rows that begin with a number came first; the others are like them.

const nameOf = ({ until, wait }: Goal) => `${until}${wait ? '' : ', one look'}`
const notKnown = { ...timedOut, never: /Nothing is in progress|Not done after|\d requests could not/ } satisfies Ends

const expired = fails('ValidationException', 'The pagination token has expired')
const stale: Fault = { kind: 'stale', byMs: 5_000 }
const deniedDescribe = denied('DescribePermissionSetProvisioningStatus', arnB)
const repeated: Fault = { kind: 'patch', patch: { NextToken: 'MQ==' } }
/** A list that has another page after each. */
const endless = patched((value, name) => (name === 'NextToken' ? btoa(String(1_000 + Math.random())) : value))
const rows = (change: (row: unknown) => unknown) =>
  patched((value) => (Array.isArray(value) ? value.map(change) : value))
const withMember = (name: string, value: unknown) => rows((row) => (isMembers(row) ? { ...row, [name]: value } : row))
const cut = (rows: number) => patched((value) => (Array.isArray(value) ? value.slice(0, rows) : value))
const of = (arn: string | null, fault: Fault) => (call: ModelCall) => call.permissionSetArn === arn && fault
const listOfFailures = (fault: Fault) => ({ list: (call: ModelCall) => call.status === 'FAILED' && fault })

/** An instance with so many permission sets. */
const arns = (count: number) => Array.from({ length: count }, (_, index) => `${arnA.slice(0, -3)}${index + 100}`)
const sets = (count: number) => ({ permissionSets: arns(count).map((arn) => ({ arn })) })
const fifty = rolledOut(...arns(50))
const [deniedOne = '', busyOne = ''] = arns(50)
const toFirst = { accountId: '111122223333' }
const toLast = { accountId: '111122223344' }
/** It changes nothing, and updates what is out of date. */
const again = { withoutChange: true }
const failed = { status: 'FAILED', failureReason: 'The reason of others' } as const
const failing = { ...again, ...failed, seconds: 3 }
const firstTry = { ...failed, seconds: 5, accountsBehind: 12 }
const fifteenOfB = Array.from({ length: 15 }, () => ({ ...failed, ...ofB, seconds: 5, ageSeconds: 300 }))
/** No list shows them: accounts fall out of date, and then catch up one after the other, or they only catch up. */
const changed = { unknownForSeconds: Number.POSITIVE_INFINITY, seconds: 9_000 }
const withRetry = { ...changed, ...again }
const stranger = busy(600, ofB)
const unseen = busy(600, again)

const late = { settings: { accountsLagMs: 6_000 } }
const twoHoldA = { settings: { permissionSets: [{ arn: arnA, accounts: 2 }, { arn: arnB }] } }
const pagesOf = (pageSize: number) => ({ settings: { pageSize } })
const laterPage = (fault: Fault) => (call: ModelCall) => call.token !== null && fault
/** The log and the verdict leave out the failure. */
const unexplained = { outputs: { status: /^(SUCCEEDED)?$/, 'failure-reason': /^$/ } }

const unknown: Rows = {
  '1: ten sets at a quota of five calls a second': [
    { goal: rolledOut(...arns(10)), settings: { ...sets(10), throttlePerSecond: 5 } },
    { ...ending('succeeded', 2, 60), calls: 300 },
  ],
  '1: fifty sets, a tenth of the calls is throttled': [
    { goal: fifty, settings: sets(50), faults: ({ number }) => number % 10 === 0 && throttled },
    ending('succeeded', 8, 40),
  ],
  ...forEach(
    [
      { goal: ofA, behind: 2, ...stranger, is: 'incomplete' },
      { goal: ofA, ...stranger, is: 'succeeded' },
      { goal: idleA, ...stranger, is: 'succeeded' },
      { goal: ofA, ...unseen, is: 'in-progress' },
    ] as const,
    ({ goal, is, ...own }) => ({
      [`2: ${goal.until}, one look, Describe of a stranger is throttled, ${is}`]: [
        { goal: once(goal), ...own, faults: { describe: ({ turn }) => turn <= 2 && throttled } },
        ending(is, 0, 20),
      ],
    }),
  ),
  ...forEach([idleA, ofA], (goal) => ({
    [`2: one look, ${goal.until}, what a stranger does is never said`]: [
      { goal: once(goal), ...stranger, faults: { describe: server } },
      { ...timedOut, says: /could not answer/, never: /requests? (is|are) still in progress/ },
    ],
    [`5: ${goal.until}, a request lacks its permission set at first`]: [
      { goal, ...busy(20, again), faults: { describe: during(0, 5, withoutSet) } },
      succeeded(20),
    ],
  })),
  ...forEach([idleA, ofA, once(idleA), once(ofA)], (goal) => ({
    [`5: ${nameOf(goal)}, a request always lacks its permission set`]: [
      { goal, ...unseen, faults: { describe: withoutSet } },
      { ...notKnown, says: /permission set/i, tells: /in progress/ },
    ],
  })),
  '3: one look, FAILED by Describe, IN_PROGRESS by list': [
    { goal: once(ofRequests), plans: [plan(1, { ...failed, seconds: 5, ageSeconds: 6 })], faults: { list: stale } },
    ending('failed', 0, 3),
  ],
  ...forEach(
    [
      { goal: ofA, ends: succeeded(0) },
      { goal: once(ofA), ends: ending('succeeded', 0, 3) },
      { goal: ofA, behind: 2, ends: timedOut },
      { goal: once(ofA), behind: 2, ends: ending('incomplete', 0, 3) },
      { goal: idleA, ends: ending('error', 0, 3) },
    ] satisfies { goal: Goal; behind?: number; ends: Ends }[],
    ({ goal, behind = 0, ends }) => ({
      [`12: ${nameOf(goal)}, ${behind} out of date, Describe of a stranger is denied for its set`]: [
        { goal, behind, ...stranger, faults: { describe: deniedDescribe } },
        { ...ends, tells: /sso:DescribePermissionSetProvisioningStatus/ },
      ],
    }),
  ),
}

const everyKind = { denied: deniedAccounts(arnB), invalid, notFound, server, throttled, hang, endless, repeated }
const lasting: Readonly<Record<string, Ends>> = {
  denied: ending('error', 20, 26),
  invalid: ending('error', 20, 26),
  notFound: ending('error', 30, 36),
}
const ownEvidence: Rows = {
  '11: two sets are out of date one after the other': [
    {
      goal: ofBoth,
      behind: 2,
      ...others(
        { ...withRetry, beginsInSeconds: 27, seconds: 1 },
        { ...changed, ...ofB, beginsInSeconds: 27, seconds: 9 },
      ),
    },
    succeeded(36),
  ],
  'two accounts are out of date one after the other': [
    {
      goal: ofA,
      behind: 1,
      ...others(
        { ...withRetry, ...toLast, beginsInSeconds: 19, seconds: 1 },
        { ...changed, ...toFirst, beginsInSeconds: 19.5, seconds: 20.5 },
      ),
    },
    succeeded(40),
  ],
  'an account that was up to date for a moment begins anew': [
    { goal: ofA, behind: 1, faults: { accounts: during(20, 21.8, cut(0)) } },
    ending('incomplete', 48, 56),
  ],
  ...forEach<Scenario>([stranger, { faults: { accounts: of(arnB, server) } }], (own) => ({
    [`a set is out of date beside one that is ${own.foreign ? 'busy' : 'never read'}`]: [
      { goal: ofBoth, behind: 2, ...own },
      ending('incomplete', 30, 63.5),
    ],
  })),
  ...forEach(Object.entries(everyKind), ([kind, fault]) => ({
    [`accounts of one of two sets: ${kind}`]: [
      { goal: ofBoth, ...busy(20), faults: { accounts: of(arnB, fault) } },
      { ...(lasting[kind] ?? timedOut), says: /ListAccountsFor|no such permission set|invalid/ },
    ],
    [`one look, accounts of one of two sets: ${kind}`]: [
      { goal: once(ofBoth), faults: { accounts: of(arnB, fault) } },
      lasting[kind] ? ending('error', 0, 3) : timedOut,
    ],
  })),
  'a set is deleted after it was read': [
    { goal: ofA, faults: { accounts: from(1, notFound) } },
    { ...ending('error', 31, 37), says: /no such permission set/ },
  ],
  'a provisioning begins between the readings of another set': [
    { goal: ofBoth, ...busy(10, { ...ofB, beginsInSeconds: 1.5 }) },
    succeeded(11.5),
  ],
  '14: the accounts take longer to list than the last look has': [
    { goal: ofA, latencyMs: 200, settings: { accounts: 2_500 }, ...busy(36_000) },
    { ...timedOut, listed: 2_400 },
  ],
  '14: the accounts are not read at the end': [
    { goal: ofA, ...busy(600), faults: { accounts: from(58, server) } },
    { ...timedOut, listed: 10, tells: /ago|last read|as of/ },
  ],
  '14: a set falls out of date while another is busy': [
    {
      goal: ofBoth,
      ...twoHoldA,
      ...others({ seconds: 600 }, { ...changed, ...ofB, beginsInSeconds: 45, seconds: 9_000 }),
    },
    { ...timedOut, listed: 12 },
  ],
  '16: accounts are added during the wait': [
    { goal: ofA, settings: { accounts: 40 }, ...busy(40), faults: { accounts: during(0, 20, cut(28)) } },
    { ...succeeded(40), tells: /all 40 accounts/ },
  ],
  '18: the permission set is said only while its request is in progress': [
    { goal: ofRequests, plans: [plan(1, { seconds: 5 })], faults: { describe: from(5, withoutSet) } },
    succeeded(5),
  ],
  ...forEach([ofRequests, once(ofRequests)], (goal) => ({
    [`18: the permission set of a request is never said, ${nameOf(goal)}`]: [
      { goal, plans: [plan(1)], timeoutSeconds: 300, faults: { describe: withoutSet } },
      { ...ending('error', 0, 60), calls: 80, says: /permission set/i },
    ],
  })),
  '19: a failure comes after the last list of accounts': [
    { goal: ofA, ...busy(5, { ...failed, accountsBehind: 12 }), faults: { accounts: from(1, server) } },
    { ...timedOut, says: /ListAccountsFor/ },
  ],
}

const targeted: Rows = {
  ...forEach<Plan>([{}, assignment], (operation) => ({
    [`6: idle, one of two requests fails, ${operation.operation ?? 'a provisioning'}`]: [
      { goal: idleA, behind: 2, ...others({ ...again, seconds: 20 }, { ...failing, ...operation, seconds: 15 }) },
      { ...succeeded(20), ...unexplained },
    ],
  })),
  '6: idle, its only request fails': [
    { goal: idleA, ...busy(14, failed) },
    { ...succeeded(14), ...unexplained },
  ],
  '7: a failure covers an account that is up to date, others catch up': [
    { goal: ofA, behind: 2, ...others({ ...failing, ...toFirst }, { ...withRetry, seconds: 20 }) },
    { ...succeeded(20), never: /Provisioning .*failed/, ...unexplained },
  ],
  '7: a failure covers an account that is up to date, others do not catch up': [
    { goal: ofA, behind: 2, ...others({ ...failing, ...toFirst }) },
    { ...incomplete(0), ...unexplained },
  ],
  '7: a failure covers an account that is out of date': [
    { goal: ofA, behind: 2, ...others({ ...failing, ...toLast }) },
    { ...ending('failed', 3, 12), says: /reason of others/, outputs: { status: /^FAILED$/ } },
  ],
  ...forEach([0, 1], (accountsBehind) => {
    const mine = plan(1, { ...again, ...toFirst, seconds: 2, accountsBehind })
    return {
      [`7: a failure covers an account that does not count, ${accountsBehind} of mine out of date`]: [
        { goal: ofRequests, behind: 12, plans: [mine], ...others({ ...failing, ...toLast }), ...late },
        { ...(accountsBehind === 0 ? succeeded(8) : incomplete(3)), outputs: { status: /^SUCCEEDED$/ } },
      ],
    }
  }),
  '8: a first try fails, its retry does not, and the lists are 6 s late': [
    { goal: ofA, ...others(firstTry, { ...again, beginsInSeconds: 4, seconds: 7 }), ...late },
    succeeded(17),
  ],
  '8: the retry covers one account alone': [
    { goal: ofA, ...others(firstTry, { ...again, ...toFirst, beginsInSeconds: 4, seconds: 3 }) },
    { ...ending('failed', 7, 20), says: /reason of others/ },
  ],
  '8: a failure, a success after it, and a change after both': [
    {
      goal: ofA,
      ...others({ ...firstTry, ageSeconds: 900 }, { seconds: 5, ageSeconds: 600 }, { ...changed, ageSeconds: 300 }),
    },
    { ...incomplete(0), ...unexplained },
  ],
  '27: an unrelated failure of another set': [
    { goal: ofBoth, behind: 2, ...busy(5, { ...failed, ...ofB, accountsBehind: 0 }) },
    { ...ending('incomplete', 30, 34), ...unexplained, title: /ReadOnly/ },
  ],
  '29: a failure of two days ago': [
    { goal: ofA, ...busy(5, { ...failed, ageSeconds: 172_800 }) },
    { ...ending('failed', 2, 38), says: /reason of others/, tells: /2 days|48 h/ },
  ],
  '29: fifteen newer failures explain nothing': [
    { goal: ofA, ...others({ ...firstTry, failureReason: 'The decisive one', ageSeconds: 600 }, ...fifteenOfB) },
    { ...ending('failed', 2, 38), says: /The decisive one/, never: /reason of others/ },
  ],
}

const optional = forEach(Object.entries({ ...everyKind, denied: deniedAccounts(arnA) }), ([kind, fault]) => ({
  [`9: the list of all holders: ${kind}`]: [
    { goal: ofA, ...busy(20), faults: { accounts: (call) => call.ofHolders && fault } },
    ending('succeeded', 22, 25),
  ],
  [`the list of failures: ${kind}`]: [
    { goal: ofA, behind: 2, faults: listOfFailures(fault) },
    ending('incomplete', 30, 42),
  ],
  [`the name of a set: ${kind}`]: [{ goal: ofA, ...busy(20), faults: { name: fault } }, ending('succeeded', 22, 25)],
}))

const damages = {
  'an unknown status': withMember('Status', 'PENDING'),
  'no status': withMember('Status', undefined),
  'no ID': withMember('RequestId', undefined),
  'an ID that is a number': withMember('RequestId', 7),
  'nothing but null': rows(() => null),
}
const partial: Rows = {
  ...forEach([idleAll, ofA, once(idleAll)], (goal) => ({
    ...forEach(Object.entries(damages), ([what, list]) => ({
      [`4: ${nameOf(goal)}, a row has ${what}`]: [{ goal, ...unseen, faults: { list } }, notKnown],
    })),
    [`4: ${nameOf(goal)}, a token that is a number`]: [
      { goal, faults: { list: { kind: 'patch', patch: { NextToken: 5 } } } },
      notKnown,
    ],
    [`21: ${nameOf(goal)}, the list is invalid`]: [
      { goal, faults: { list: invalid } },
      { ...ending('error', 0, 3), calls: 8, title: /invalid/ },
    ],
    [`22: ${nameOf(goal)}, the list repeats its token`]: [
      { goal, faults: { list: repeated } },
      { ...notKnown, calls: 200 },
    ],
  })),
  ...forEach([null, 7, '11112222333X'], (id) => ({
    [`an account has the ID ${id}`]: [{ goal: ofA, behind: 1, faults: { accounts: rows(() => id) } }, notKnown],
  })),
  ...forEach([idleAll, ofA], (goal) => ({
    [`10: ${nameOf(goal)}, a token of each list has expired once`]: [
      {
        goal,
        ...others(...plans(5, () => ({ seconds: 20 }))),
        ...pagesOf(2),
        faults: (call) => call.turn === 2 && laterPage(expired)(call),
      },
      succeeded(20),
    ],
  })),
  ...forEach([idleAll, ofA, once(ofA)], (goal) => ({
    [`21: ${nameOf(goal)}, a later page is invalid`]: [
      {
        goal,
        ...others(...plans(2, () => ({ ...ofB, seconds: 600 }))),
        ...pagesOf(1),
        faults: { list: laterPage(invalid) },
      },
      { ...timedOut, says: /invalid/ },
    ],
  })),
  ...forEach([ofA, once(ofA)], (goal) => ({
    [`22: ${nameOf(goal)}, accounts repeat their token`]: [
      { goal, faults: { accounts: repeated } },
      { ...timedOut, calls: 150, says: /ListAccountsFor|page/ },
    ],
    [`22: ${nameOf(goal)}, accounts never end`]: [
      { goal, faults: { accounts: endless } },
      { ...timedOut, says: /ListAccountsFor|page/ },
    ],
  })),
  ...forEach(
    [
      { goal: idleAll, ends: succeeded(0) },
      { goal: ofA, ends: incomplete(0) },
    ],
    ({ goal, ends }) => ({
      [`26: ${nameOf(goal)}, lists ignore their filter`]: [
        { goal, ignoresFilters: true, ...busy(5, { ageSeconds: 60, accountsBehind: 2 }) },
        ends,
      ],
    }),
  ),
}

const sparing: Rows = {
  ...forEach([fifty, once(fifty)], (goal) => ({
    [`15: ${nameOf(goal)}, one of fifty sets is denied`]: [
      {
        goal,
        settings: sets(50),
        ...(goal.wait && busy(40, { permissionSetArn: busyOne })),
        faults: { accounts: of(deniedOne, deniedAccounts(deniedOne)) },
      },
      { ...(goal.wait ? ending('error', 40, 53) : ending('error', 0, 12)), calls: 350, once: /not authorized/ },
    ],
  })),
  ...forEach([null, 30], (pollIntervalSeconds) => ({
    [`25: one look sees the end, and then nothing is read, interval ${pollIntervalSeconds}`]: [
      { goal: ofA, faults: { accounts: from(1, server) }, ...(pollIntervalSeconds && { pollIntervalSeconds }) },
      { ...timedOut, calls: pollIntervalSeconds ? 40 : 90, says: /ListAccountsFor/ },
    ],
  })),
  ...forEach([idleAll, ofA], (goal) => ({
    [`25: one look, ${goal.until}, nothing is ever read`]: [
      { goal: once(goal), faults: () => server },
      { ...timedOut, calls: 80 },
    ],
  })),
}

const said: Rows = {
  ...forEach(['accounts', 'list'], (name) => ({
    [`13: a request has succeeded, and ${name} are never read`]: [
      { goal: ofRequests, plans: [plan(1)], faults: { [name]: server } },
      { ...timedOut, title: /could not (answer|be read)/, never: /0 of \d requests/ },
    ],
    [`17: a request has succeeded, and ${name} of a second set are never read`]: [
      { goal: rolledOut(arnB), plans: [plan(1)], faults: { [name]: of(name === 'list' ? null : arnB, server) } },
      { ...timedOut, once: /^SUCCEEDED/ },
    ],
  })),
  '17: two requests of one set': [
    { goal: ofRequests, plans: plans(2, () => ({ seconds: 50 })), settings: { accounts: 1 } },
    { ...succeeded(50), once: /^0 of 2 done$/, tells: /0 of 1 account/ },
  ],
  '17: two requests have succeeded, and their accounts are never read': [
    { goal: ofRequests, plans: plans(2), faults: { accounts: server } },
    { ...timedOut, never: /2 of 2 done/ },
  ],
  '24: the time-out is shorter than two readings need': [
    { goal: ofA, timeoutSeconds: 0.6 },
    ending('succeeded', 2, 3.6),
  ],
  ...forEach([ofA, idleAll], (goal) => ({
    [`24: ${goal.until}, the last look is the first to see the end`]: [
      { goal, ...busy(59.9) },
      ending('succeeded', 62, 63.1),
    ],
  })),
  '28: accounts catch up unseen': [
    { goal: ofA, ...others({ ...changed, seconds: 60 }), timeoutSeconds: 90 },
    { ...succeeded(60), tells: /12 accounts are out of date.*waiting up to 30 s for them/ },
  ],
  '28: accounts catch up unseen, and then no more': [
    { goal: ofA, ...others({ ...changed, seconds: 35, accountsBehind: 6 }), timeoutSeconds: 90 },
    { ...incomplete(29), listed: 6, says: /provision/i, never: /to see how it ends/ },
  ],
  '31: cancelled during the search for failures': [
    { goal: ofA, behind: 2, cancelAtSeconds: 33, faults: listOfFailures(hang) },
    ending('cancelled', 33, 33.5),
  ],
  '31: cancelled during the last look': [
    { goal: ofA, ...busy(600), cancelAtSeconds: 61, faults: { list: from(59, hang) } },
    ending('cancelled', 61, 61.5),
  ],
  '31: cancelled after the end, while a name is looked up': [
    { goal: ofA, cancelAtSeconds: 4, faults: { name: hang } },
    ending('succeeded', 2, 3),
  ],
  ...forEach([0.02, 1, 12], (cancelAtSeconds) => ({
    [`31: cancelled after ${cancelAtSeconds} s`]: [
      { goal: ofA, ...busy(600), cancelAtSeconds },
      { is: 'cancelled', seconds: [cancelAtSeconds, cancelAtSeconds + 0.2] },
    ],
  })),
}

describe.each<[string, Rows]>([
  ['what is not known counts as nothing', unknown],
  ['each permission set has its own finding, clocks and evidence', ownEvidence],
  ['a failure explains only what it covers', targeted],
  ['what is optional changes nothing', optional],
  ['a row counts by its own status, and what cannot be used makes a reading partial', partial],
  ['the cost grows with what can have changed', sparing],
  ['a wait says what it waits for', said],
])('%s', (_, rows) => testEach(rows))

// Twice as much to know takes about twice the processor time, and not four times.
test.each([
  {
    name: '20: provisionings of many sets, cancelled while accounts are listed',
    goal: ofRequests,
    optionsOf: (size: number) => {
      const own = arns(200 * size)
      const planOf = (number: number) => ({ permissionSetArn: own[number % own.length] ?? '', seconds: 60 })
      return { accounts: 2, plans: plans(1_000 * size, planOf), settings: sets(200 * size) }
    },
    cancelAtSeconds: 150,
  },
  {
    name: '23: many requests of others',
    goal: ofA,
    optionsOf: (size: number) => ({
      plans: [],
      foreign: [
        { seconds: 9_000 },
        ...Array.from({ length: 2_000 * size }, (_, index) => ({ ...ofB, beginsInSeconds: index / 8, seconds: 6 })),
      ],
    }),
    cancelAtSeconds: 250,
  },
])('$name', async ({ goal, optionsOf, cancelAtSeconds }) => {
  await costOf(goal, optionsOf(0.1), cancelAtSeconds)
  // Twice as much takes about twice as long, and four times if it grows with the square. Other work on the machine can spoil a measurement.
  const isInProportion = async () => {
    const single = await costOf(goal, optionsOf(1), cancelAtSeconds)
    const double = await costOf(goal, optionsOf(2), 2 * cancelAtSeconds)
    return double.all / single.all < 2.7 && double.afterwards < 2.7 * single.afterwards + 0.05
  }
  expect((await isInProportion()) || (await isInProportion()) || (await isInProportion())).toBe(true)
})
