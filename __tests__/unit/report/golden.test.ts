import { describe, expect, test } from '@jest/globals'
import type { Plan } from '../../../simulator/settings.ts'
import { internalError, notAsked, type Outcome } from '../../../src/report/outcome.ts'
import type { Goal, Until } from '../../../src/requests/goal.ts'
import { toTheEnd } from '../../../src/requests/goal.ts'
import { operationNames } from '../../../src/requests/request.ts'
import type { Verdict } from '../../../src/requests/verdict.ts'
import type { RequestState } from '../../../src/wait/state/request-state.ts'
import { noSecrets, permissionSetArnOf, requestIdOf } from '../examples.ts'
import { plan } from '../wait/model.ts'
import { deniedAccounts, during, from, notFound, server, throttled, withoutSet } from '../wait/rows.ts'
import { arnA, arnB, type Scenario, waitFor } from '../wait/wait-for.ts'
import {
  at,
  failed,
  final,
  inProgress,
  permissionSetArn,
  startedAt,
  storyWith,
  succeeded,
  unanswered,
} from './outcomes.ts'
import { type Page, pageOf } from './page.ts'

// What people see, for each verdict of each goal. No other unit test asserts the words of a report.

/**
 * What a reader of the job and a later step see: the log with the annotation, the summary without blank lines and lines under the titles of
 * tables, and the outputs that have a value.
 */
function seenIn({ log, lines = log, title, summary, outputs }: Page & { readonly lines?: readonly string[] }): string {
  const { results, 'results-file': _, ...values } = outputs
  const shown = Object.entries(values).filter(([, value]) => value !== '' && value !== '[]')
  return [
    ...['', ...lines],
    ...(title === '' ? [] : [`Title of the annotation: ${title}`]),
    summary.trimEnd().replace(/\n(\n|\| --- .*\n)+/g, '\n'),
    shown.map(([name, value]) => `${name}: ${value}`).join('; '),
    ...(results === '[]' ? [] : [`results: ${results}`]),
    '',
  ].join('\n')
}

type Rows = Readonly<Record<string, Scenario & Partial<Goal>>>

const both = [arnA, arnB]
const once = { wait: false }
const minute = { timeoutSeconds: 60 }
const deny = (...actions: string[]) => ({ deny: actions.map((action) => `sso:${action}`) })
const list = 'ListPermissionSetProvisioningStatus'
const describeStatus = 'DescribePermissionSetProvisioningStatus'
const listAccounts = 'ListAccountsForProvisionedPermissionSet'
/** A request of somebody else. */
const other = (number: number, changes: Plan): Plan => ({ requestId: requestIdOf(900 + number), ...changes })
const missing = 'Received a 404 status error: Permission set provision not found in AWS account 100000000011.'

const byGoal: Readonly<Record<Until, Rows>> = {
  finished: {
    succeeded: { plans: [plan(1, { seconds: 40 })] },
    'succeeded, many': { plans: [1, 2, 3].map((number) => plan(number, { seconds: 4 * number })) },
    'succeeded, without answers for a while, and without optional rights': {
      plans: [plan(1, { seconds: 12, unknownForSeconds: 3 })],
      faults: { describe: during(5, 9, throttled) },
      settings: deny('DescribePermissionSet', listAccounts),
    },
    'in-progress': { ...once, plans: [plan(1, { seconds: 600 })] },
    failed: { plans: [plan(1, { seconds: 12, status: 'FAILED', failureReason: missing })] },
    'failed, many': {
      plans: [
        plan(1, { seconds: 3, status: 'FAILED', failureReason: missing }),
        plan(2, { seconds: 5, status: 'FAILED', failureReason: missing, permissionSetArn: arnB }),
        plan(3, { seconds: 4, status: 'FAILED', failureReason: 'The moon.', operation: 'create-account-assignment' }),
        plan(4, { seconds: 6 }),
        plan(5, { unknownForSeconds: 10_000 }),
        plan(6, { seconds: 600 }),
      ],
      ...minute,
    },
    'failed, an assignment, for a reason that nobody knows': {
      plans: [plan(1, { operation: 'create-account-assignment', status: 'FAILED', failureReason: 'The moon.' })],
    },
    'failed, many, and accounts of several permission sets are out of date': {
      plans: [arnA, arnB, arnA].map((arn, index) =>
        plan(index, { permissionSetArn: arn, status: index < 2 ? 'FAILED' : 'SUCCEEDED', accountsBehind: index + 1 }),
      ),
    },
    'timed-out': { ...minute, plans: [plan(1, { seconds: 600 })] },
    'timed-out, without any answer': { ...minute, plans: [plan(1)], faults: { describe: throttled } },
    'timed-out, many, and AWS has answered before': {
      ...minute,
      plans: [1, 2, 3].map((number) => plan(number, { seconds: number === 1 ? 5 : 600 })),
      faults: from(20, server),
    },
    cancelled: { cancelAtSeconds: 10, plans: [plan(1, { seconds: 600 })] },
    'error, no such request': { plans: [plan(1, { unknownForSeconds: 10_000 })] },
    'error, many, and the role may not describe them': {
      plans: [1, 2, 3, 4].map((number) => plan(number)),
      settings: deny(describeStatus, list),
    },
    'error, another Region': {
      plans: [plan(1)],
      settings: { ...deny(describeStatus), primaryRegion: 'eu-west-1' },
    },
  },
  'rolled-out': {
    'succeeded, nothing was given': { permissionSetArns: [] },
    'succeeded, requests of others': { foreign: [other(1, { seconds: 40 })] },
    'succeeded, a request that was given and two permission sets': {
      permissionSetArns: [arnB],
      plans: [plan(1, { seconds: 20 })],
    },
    'succeeded, lists without answers for a while': { faults: { list: during(0, 8, server) } },
    'succeeded, and the role may not see what is in progress': { settings: deny(list) },
    'succeeded, no account holds it': { settings: { accounts: 0 } },
    'succeeded, accounts that are ignored, one of them in vain': {
      ignoredAccounts: ['111122223343', '111122223344', '999999999999'],
      behind: 2,
    },
    'succeeded, a provisioning that failed for an account that is ignored': {
      ignoredAccounts: ['111122223344'],
      permissionSetArns: [],
      plans: [plan(1, { seconds: 12, status: 'FAILED', failureReason: missing, accountsBehind: 1 })],
    },
    'succeeded, all permission sets of the instance': { isAboutAll: true },
    'succeeded, of one account': { permissionSetArns: [], plans: [plan(1, { accountId: '100000000003' })] },
    'in-progress': { ...once, foreign: [other(1, { seconds: 600 })] },
    'failed, a request that was given': {
      permissionSetArns: [],
      plans: [plan(1, { seconds: 12, status: 'FAILED', failureReason: missing, accountsBehind: 2 })],
    },
    'failed, a request of others the day before': {
      foreign: [other(1, { ageSeconds: 86_400, seconds: 5, status: 'FAILED', failureReason: missing })],
    },
    incomplete: { behind: 2 },
    'incomplete, one look': { ...once, behind: 1 },
    'incomplete, one of two permission sets': { permissionSetArns: both, behind: 7 },
    'incomplete, while the other permission set is in progress': {
      ...minute,
      permissionSetArns: both,
      behind: 2,
      foreign: [other(1, { seconds: 600, permissionSetArn: arnB })],
    },
    'timed-out, in progress': { ...minute, foreign: [other(1, { seconds: 600 }), other(2, { seconds: 600 })] },
    'timed-out, accounts out of date, and the role may not see what is in progress': {
      ...minute,
      behind: 2,
      settings: deny(list),
    },
    'timed-out, accounts that could not be read again': {
      ...minute,
      behind: 2,
      faults: { accounts: from(9, server) },
    },
    'timed-out, with nothing read': { ...minute, permissionSetArns: both, faults: { accounts: server } },
    'timed-out, requests that AWS does not say more about': {
      ...minute,
      foreign: [other(1, { seconds: 600 })],
      faults: { describe: withoutSet },
    },
    cancelled: { cancelAtSeconds: 20, permissionSetArns: both, behind: 2 },
    'timed-out, a request of others that could not be read': {
      ...minute,
      foreign: [other(1, { seconds: 600 })],
      faults: { describe: server },
    },
    'error, accounts of one permission set that the role may not list': {
      permissionSetArns: both,
      foreign: [other(1, { seconds: 20 })],
      faults: { accounts: ({ permissionSetArn: arn }) => arn === arnB && deniedAccounts(arnB) },
    },
    'error, no such permission set': {
      faults: { accounts: notFound },
    },
    'error, a request without its permission set': {
      permissionSetArns: [],
      plans: [plan(1, { seconds: 10 })],
      faults: { describe: withoutSet },
    },
  },
  idle: {
    succeeded: { permissionSetArns: [], foreign: [other(1, { seconds: 40 })] },
    'in-progress': { ...once, foreign: [other(1, { seconds: 600 })] },
    'timed-out': {
      ...minute,
      permissionSetArns: [],
      foreign: operationNames.map((operation, index) => other(index, { operation, seconds: 600 })),
    },
    'timed-out, requests that AWS does not say more about': {
      ...minute,
      foreign: [other(1, { seconds: 600 })],
      faults: { describe: withoutSet },
    },
    cancelled: { cancelAtSeconds: 20, foreign: [other(1, { seconds: 600 })] },
    'error, lists that the role may not read': { permissionSetArns: [], settings: deny(list) },
  },
}

describe.each(['finished', 'rolled-out', 'idle'] as const)('%s', (until) => {
  test.each(Object.entries(byGoal[until]))('%s', async (name, row) => {
    const { wait, ignoredAccounts, isAboutAll, permissionSetArns, ...scenario } = row
    const named = permissionSetArns ?? (until === 'finished' || isAboutAll ? [] : [arnA])
    const goal = { ...toTheEnd, until, permissionSetArns: named, isAboutAll: isAboutAll ?? false }
    const page = await waitFor({ ...goal, wait: wait ?? true, ignoredAccounts: ignoredAccounts ?? [] }, scenario)
    expect(seenIn(page)).toMatchSnapshot()
    expect(name.split(',')[0]).toBe(page.verdict)
  })
})

// What no whole wait can show, or only many of them.

const denial = { code: 'AccessDeniedException', scope: 'action', title: 'Denied: sso:X', message: 'Denied.' } as const
const refused = final(denial)
/** A request in each state. */
const every = [
  succeeded({ number: 1, createdDate: at(-86_400), endedAtMs: 100, endedBefore: true }),
  succeeded({ number: 2, described: false, accountId: '111122223333' }),
  failed({ number: 3, createdDate: at(-10), permissionSetArn, endedAtMs: 2_000, failureReason: 'Gremlins.' }),
  failed({ number: 4, accountId: '1', permissionSetArn: permissionSetArnOf(2), principalId: 'x' }),
  failed({ number: 5, described: false }),
  failed({ number: 6, described: false, blocker: final(denial, false) }),
  inProgress({ number: 7, operation: 'delete-account-assignment', permissionSetArn, createdDate: at(1_000) }),
  inProgress({ number: 8, blocker: final(denial, false) }),
  unanswered({ number: 9, blocker: refused }),
  unanswered({ number: 10, blocker: final(denial, false) }),
  unanswered({ number: 11 }),
]
const throws = () => {
  throw new Error('No space left\n::error::x')
}
const failing = { writeResults: throws, writeSummary: async () => throws(), setOutput: throws }

const byHand: Readonly<Record<string, () => Promise<Page>>> = {
  'wrong inputs': () =>
    pageOf(
      notAsked(startedAt, {
        verdict: 'error',
        problems: ['Input \'wait\' is "<b>", which is wrong.', 'AWS_REGION is wrong.'],
      }),
    ),
  'cancelled before the inputs were read': () => pageOf(notAsked(startedAt, { verdict: 'cancelled' })),
  'a defect': () => pageOf(internalError(new TypeError('boom'), storyWith({ requests: [inProgress()] }), noSecrets)),
  'a runner without files': () => pageOf(storyWith({ verdict: 'failed', requests: [failed()] }), failing),
  'a request in each state, at the deadline': () =>
    pageOf(storyWith({ verdict: 'failed', requests: every, elapsedMs: 60_000 })),
}

test.each(Object.entries(byHand))('%s', async (_, page) => {
  expect(seenIn(await page())).toMatchSnapshot()
})

const slow = inProgress({ number: 2 })
const lost = unanswered({ number: 3, blocker: final({ title: 'AWS knows no such request' }) })
const about = (...numbers: number[]) => numbers.map((n) => failed({ permissionSetArn: permissionSetArnOf(n) }))
const assigned = { operation: 'create-account-assignment' } as const
const set = (outOfDate: number | null, total: number | null, number = 1) => ({
  arn: permissionSetArnOf(number),
  outOfDate: outOfDate === null ? null : Array.from({ length: outOfDate }, String),
  staysOutOfDate: outOfDate !== null && outOfDate > 0,
  readAgoMs: outOfDate === null ? null : 0,
  targets: null,
  total,
  ignored: [],
})
const rolledOut = { goal: { ...toTheEnd, until: 'rolled-out', permissionSetArns: [permissionSetArnOf(1)] } } as const

/** One and many of everything. */
const ofRequests: readonly [Verdict, ...RequestState[][]][] = [
  ['succeeded', [succeeded()], [succeeded(assigned)], [succeeded(), succeeded()]],
  ['in-progress', [slow], [slow, slow], [slow, succeeded()]],
  ['failed', about(1), [failed()], [failed(assigned)], [...about(1, 2), slow], about(1, 2, 3, 4, 5)],
  ['failed', [failed(), slow, lost, unanswered()], [failed({ described: false }), succeeded()]],
  ['cancelled', [slow], [succeeded(), failed()], [slow, failed({ described: false }), unanswered()]],
  ['timed-out', [slow, succeeded(), unanswered()], [unanswered()], [unanswered(), succeeded()], [lost, slow]],
  ['error', [lost], [lost, unanswered({ blocker: refused })], [lost, slow], [lost, succeeded()]],
]
const ofSets: readonly [Verdict, ...ReturnType<typeof set>[][]][] = [
  ['succeeded', [set(0, 1)], [set(0, null)], [set(0, 1), set(0, null, 2)]],
  ['incomplete', [set(1, null)], [set(1, 12), set(2, 12, 2), set(null, 12, 3)], [set(1, 12), set(2, 12, 2)]],
]
const mixes: readonly Partial<Outcome>[] = [
  ...ofRequests.flatMap(([verdict, ...all]) => all.map((requests) => ({ verdict, requests }))),
  ...ofSets.flatMap(([verdict, ...all]) => all.map((permissionSets) => ({ ...rolledOut, verdict, permissionSets }))),
  { ...rolledOut, verdict: 'incomplete', unseenProgress: refused.failure, permissionSets: [set(2, null)] },
]

test('one and many of everything', async () => {
  const names = new Map([[permissionSetArnOf(1), 'ReadOnly']])
  const pages = await Promise.all(mixes.map((mix) => pageOf(storyWith({ names, elapsedMs: 60_000, ...mix }))))
  const texts = pages.map(({ verdict, log, title, message }) => {
    const lines = title === '' ? log.map((line) => line.slice(13)) : [title, ...message.split('\n')]
    return `${verdict}: ${lines.join('\n  ')}`
  })
  expect(`\n${texts.join('\n')}\n`).toMatchSnapshot()
})
