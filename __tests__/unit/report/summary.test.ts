import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import MarkdownIt from 'markdown-it'
import { invalidInputs, type Outcome } from '../../../src/report/outcome.ts'
import { summaryOf } from '../../../src/report/summary.ts'
import { type OperationName, operationNames } from '../../../src/requests/request.ts'
import { type Verdict, verdicts } from '../../../src/requests/verdict.ts'
import type { RequestState } from '../../../src/wait/snapshot/request-state.ts'
import {
  at,
  callFailureOf,
  denied,
  failed,
  final,
  inProgress,
  type Known,
  outcomeOf,
  passing,
  permissionSetArn,
  permissionSetArnOf,
  requestIdOf,
  several,
  startedAt,
  succeeded,
  unanswered,
  unknown,
} from './outcomes.ts'

const requestId = requestIdOf(1)
const consoleUrl =
  'https://eu-central-1.console.aws.amazon.com/singlesignon/home?region=eu-central-1#/instances/1234567890abcdef/permission-sets/details/ps-0000000000000001'
const markdown = new MarkdownIt({ html: true })

/** The cells of the table, row by row. The titles come first, the line under them is left out. */
function table(requests: readonly RequestState[], verdict: Verdict = 'failed'): string[][] {
  return summaryOf(outcomeOf({ verdict, requests }))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '))
    .filter(([first]) => first !== '---')
}

/** The cells of one column, from top to bottom. */
function column(title: string, requests: readonly RequestState[]): (string | undefined)[] {
  const [titles = [], ...rows] = table(requests)
  return rows.map((row) => row[titles.indexOf(title)])
}

function paragraphs(outcome: Partial<Outcome>): string[] {
  return summaryOf(outcomeOf(outcome)).trimEnd().split('\n\n')
}

describe('the summary', () => {
  const whole = failed({
    failureReason: 'Received a 404 status error: <b>Permission set provision not found</b> in AWS account 1.',
    createdDate: at(-10),
    permissionSetArn,
    endedAtMs: 115_000,
  })
  const accountsBehind = new Map([[permissionSetArn, ['111122223333', '444455556666']]])
  const assignment = failed({ operation: 'create-account-assignment', permissionSetArn, accountId: '111122223333' })
  const unclear = inProgress({ blocker: passing(callFailureOf({ remedy: 'Fix *it*.' })) })

  test.each<[string, Partial<Outcome>]>([
    ['a success', { requests: [succeeded({ createdDate: startedAt, endedAtMs: 400 })] }],
    ['a failure', { verdict: 'failed', requests: [whole], accountsBehind }],
    ['a failed assignment', { verdict: 'failed', requests: [assignment] }],
    ['a failure whose reason was not read', { verdict: 'failed', requests: [failed({ described: false })] }],
    ['a time-out', { verdict: 'timed-out', ending: 'timed-out', requests: [unclear] }],
    ['a denial', { verdict: 'error', requests: [unanswered({ blocker: final(denied) })] }],
    ['a cancelled job', { verdict: 'cancelled', ending: 'cancelled', requests: [inProgress()] }],
    ['wrong inputs', invalidInputs(['Input \'wait\' is "<b>"', 'Second'], startedAt)],
    ['nothing to wait for', {}],
  ])('of %s', (_, outcome) => {
    expect(`\n${summaryOf(outcomeOf(outcome))}`).toMatchSnapshot()
  })

  test('does not say that AWS gave no reason if the reason was not read', () => {
    const summary = summaryOf(outcomeOf({ verdict: 'failed', requests: [failed({ described: false })] }))
    expect(summary).not.toContain('AWS gave no reason')
  })

  test('has an icon of its own for each verdict', () => {
    const icons = verdicts.map((verdict) => summaryOf(outcomeOf({ verdict })).split(' ')[1])
    expect(icons).toEqual(['✅', '⏳', '❌', '⚠️', '⌛', '🛑', '❗'])
  })
})

describe('the table', () => {
  test('has only columns with a value', () => {
    const whole = {
      createdDate: startedAt,
      permissionSetArn,
      accountId: '111122223333',
      principalId: '90e1a2b3c4',
      principalType: 'GROUP',
    }
    expect(table([succeeded({ ...whole, endedAtMs: 1_000 })])).toEqual([
      ['Status', 'Permission set', 'Account', 'Principal', 'Took', 'Created (UTC)', 'Request'],
      [
        ...['✅&nbsp;SUCCEEDED', `[\`ps-0000000000000001\`](${consoleUrl})`, '`111122223333`'],
        ...['<code>GROUP 90e1a2b3c4</code>', '1.0&nbsp;s', '10:00:00', `\`${requestId}\``],
      ],
    ])
    expect(table([inProgress()])).toEqual([
      ['Status', 'Request'],
      ['⏳&nbsp;IN_PROGRESS', `\`${requestId}\``],
    ])
    expect(table([inProgress({ accountId: '1' }), inProgress()])).toEqual([
      ['Status', 'Account', 'Request'],
      ['⏳&nbsp;IN_PROGRESS', '`1`', `\`${requestId}\``],
      ['⏳&nbsp;IN_PROGRESS', '', `\`${requestId}\``],
    ])
  })

  test('shows a principal whose type is not known', () => {
    expect(column('Principal', [failed({ principalId: 'x' })])).toEqual(['`x`'])
  })

  test('says that all accounts are meant only for a provisioning with a known permission set', () => {
    const cells = (operation: OperationName, known: Known) =>
      column('Account', [succeeded({ operation, ...known }), succeeded({ operation, accountId: '1' })])
    expect(cells('provision-permission-set', { permissionSetArn })).toEqual(['all', '`1`'])
    expect(cells('provision-permission-set', {})).toEqual(['', '`1`'])
    expect(cells('create-account-assignment', { permissionSetArn })).toEqual(['', '`1`'])
  })

  test('names the API that started the requests; of several APIs, for each request', () => {
    const requests = operationNames.map((operation) => succeeded({ operation }))
    expect(summaryOf(outcomeOf({ requests: requests.slice(2) }))).toContain(
      '`DeleteAccountAssignment` in eu-central-1:',
    )
    expect(summaryOf(outcomeOf({ requests }))).toContain(
      '`ProvisionPermissionSet`, `CreateAccountAssignment`, `DeleteAccountAssignment` in eu-central-1:',
    )
    expect(column('Started by', requests)).toEqual([
      '`ProvisionPermissionSet`',
      '`CreateAccountAssignment`',
      '`DeleteAccountAssignment`',
    ])
  })

  test('has the last status of each request, or that it was not read', () => {
    const requests = [unanswered({ blocker: final(denied) }), inProgress({ blocker: final(denied) }), unanswered()]
    expect(column('Status', requests)).toEqual([
      '❗&nbsp;not&nbsp;read',
      '⏳&nbsp;IN_PROGRESS',
      '❗&nbsp;not&nbsp;read',
    ])
  })

  test('has the most urgent requests first', () => {
    const requests = [succeeded({ number: 1 }), inProgress({ number: 2 }), failed({ number: 3 })]
    expect(column('Request', requests)).toEqual([3, 2, 1].map((number) => `\`${requestIdOf(number)}\``))
  })

  test.each<[string, string | undefined, RequestState]>([
    ['from creation to the end', '12.0&nbsp;s', succeeded({ createdDate: at(-10), endedAtMs: 2_000 })],
    [
      'at most the time until the first look, if it had ended before',
      'at&nbsp;most&nbsp;10.1&nbsp;s',
      failed({ createdDate: at(-10), endedAtMs: 100, endedBefore: true }),
    ],
    [
      'more than the time so far, if it has not ended',
      'more&nbsp;than&nbsp;5.0&nbsp;s',
      inProgress({ createdDate: at(-5) }),
    ],
    ['nothing, if its creation is not known', undefined, succeeded({ endedAtMs: 1_000 })],
    [
      "nothing, if the runner's clock differs from AWS's",
      undefined,
      succeeded({ createdDate: at(1.001), endedAtMs: 1_000 }),
    ],
    ['no time at all', '0.0&nbsp;s', succeeded({ createdDate: startedAt })],
  ])('says how long it took: %s', (_, took, request) => {
    expect(column('Took', [request])).toEqual([took])
  })

  test('has the date of creation if that is not the day of the wait', () => {
    const dates = ['2026-11-19T23:59:59.999Z', '2026-11-20T00:00:00.000Z'].map((date) => new Date(date))
    const requests = dates.map((createdDate) => failed({ createdDate }))
    expect(column('Created (UTC)', requests)).toEqual(['2026-11-19&nbsp;23:59:59', '00:00:00'])
  })
})

describe('several requests', () => {
  const names = new Map([[permissionSetArn, 'Read_Only']])
  const requests = [
    failed({ number: 1, permissionSetArn, accountId: '111122223333', failureReason: 'A.' }),
    failed({ number: 2, permissionSetArn: permissionSetArnOf(2), failureReason: 'B.' }),
    unanswered({ number: 3, blocker: final(unknown) }),
  ]

  test('have the ARNs of their permission sets in a section that can be opened', () => {
    expect(summaryOf(outcomeOf({ verdict: 'failed', requests }))).toContain(
      `\n\n<details><summary>2 permission sets</summary>\n\n- \`${permissionSetArn}\`\n- \`${permissionSetArnOf(2)}\`\n\n</details>\n\n`,
    )
  })

  test('have each cause under its permission set and account, and the request ID second', () => {
    const all = paragraphs({ verdict: 'failed', requests, names })
    expect(all.slice(all.indexOf('### What AWS says'), -2)).toEqual([
      '### What AWS says',
      `\`Read_Only\` in \`111122223333\` (\`${requestIdOf(1)}\`):`,
      '<blockquote><code>A.</code></blockquote>',
      `\`ps-0000000000000002\` in all accounts (\`${requestIdOf(2)}\`):`,
      '<blockquote><code>B.</code></blockquote>',
      '### What could not be read',
      `\`${requestIdOf(3)}\`:`,
      `<blockquote><code>${unknown.message}</code></blockquote>`,
      "**What to do:** Check 'request-id'.",
    ])
  })
})

describe('a large summary', () => {
  test('shows the 200 most urgent requests, and counts the rest', () => {
    expect(table(several(200, succeeded), 'succeeded')).toHaveLength(201)
    expect(summaryOf(outcomeOf({ requests: several(200, succeeded) }))).not.toContain('more requests')
    const requests = [...several(1_000, succeeded), unanswered(), ...several(300, inProgress), failed({ number: 0 })]
    const rows = table(requests)
    expect(rows).toHaveLength(201)
    expect(rows[1]?.at(-1)).toBe(`\`${requestIdOf(0)}\``)
    expect(summaryOf(outcomeOf({ requests }))).toContain(
      '\n\n… and 1102 more requests, which are in the file that the output `results-file` names: 102 IN_PROGRESS, 1000 SUCCEEDED.',
    )
    expect(summaryOf(outcomeOf({ requests: several(201, unanswered) }))).toContain(': 1 not read.')
  })

  test.each<[string, (text: string, number: number) => RequestState]>([
    ['reasons', (failureReason, number) => failed({ number, failureReason })],
    [
      'causes of what could not be read',
      (message, number) => unanswered({ number, blocker: final(callFailureOf({ message, remedy: '' })) }),
    ],
  ])('shows 50 %s and counts the rest', (_, requestFor) => {
    const of = (count: number) => {
      const requests = Array.from({ length: count }, (_, index) => requestFor(`Why ${index}`, index))
      return summaryOf(outcomeOf({ verdict: 'failed', requests }))
    }
    expect(of(50).match(/<blockquote>/g)).toHaveLength(50)
    expect(of(50)).not.toContain('… and')
    expect(of(51).match(/<blockquote>/g)).toHaveLength(50)
    expect(of(51)).toContain(
      '</blockquote>\n\n… and 1 more, which are in the file that the output `results-file` names.',
    )
  })

  const accountsOf = (count: number) => Array.from({ length: count }, (_, index) => String(100000000000 + index))

  test('shows 50 accounts and counts the rest', () => {
    const of = (count: number) => summaryOf(outcomeOf({ accountsBehind: new Map([['arn', accountsOf(count)]]) }))
    expect(of(50)).toContain('### Accounts behind: 50\n')
    expect(of(50)).toMatch(/`100000000049`\.\n/)
    expect(of(120)).toMatch(/`100000000049` and 70 more, which are in the output `accounts-behind`\.\n/)
    expect(of(120)).not.toContain('100000000050')
  })

  test('says which accounts are behind with which of several permission sets', () => {
    const [one, other] = [permissionSetArnOf(1), permissionSetArnOf(2)]
    const accountsBehind = new Map([
      [one, accountsOf(21)],
      [other, ['100000000003', '200000000000']],
    ])
    const summary = summaryOf(outcomeOf({ accountsBehind, names: new Map([[other, 'ReadOnly']]) }))
    expect(summary).toContain(
      '### Accounts behind: 22\n\nFor each permission set, the accounts that do not hold its latest version:\n\n- [`ps-0000000000000001`](',
    )
    expect(summary).toMatch(
      /\n- \[`ps-0000000000000001`\]\(\S+\): `100000000000`, .*`100000000019` and 1 more, which are in the output/,
    )
    expect(summary).toMatch(/\n- \[`ReadOnly`\]\(\S+\): `100000000003`, `200000000000`\n$/)
  })

  test('names the permission set if only one of several has accounts behind', () => {
    const [one, other] = [failed({ permissionSetArn: 'arn:one' }), failed({ permissionSetArn: 'arn:other' })]
    const accountsBehind = new Map([['arn:other', ['111122223333']]])
    const of = (requests: RequestState[]) => summaryOf(outcomeOf({ verdict: 'failed', requests, accountsBehind }))
    expect(of([one, other])).toContain('\n\n- `arn:other`: `111122223333`\n')
    expect(of([other])).toContain('These do not hold the latest version: `111122223333`.')
  })

  test('shows the accounts of 50 permission sets and counts the others', () => {
    const of = (count: number) =>
      summaryOf(outcomeOf({ accountsBehind: new Map(accountsOf(count).map((arn) => [arn, ['111122223333']])) }))
    expect(of(50)).toMatch(/`100000000049`: `111122223333`\n$/)
    expect(of(52)).toMatch(/`100000000049`: `111122223333`\n- … and those of 2 more permission sets\n$/)
    expect(of(52)).toContain('### Accounts behind: 1\n')
  })

  test.each([
    ['the 1 MiB above which the runner drops it', undefined, 1_048_576],
    ['the size that it is given', 65_000, 65_000],
  ])('stays within %s, with any text of AWS, and ends with a whole section', (_, limit, most) => {
    const requests = Array.from({ length: 300 }, (_, index) => {
      const long = `${index}${'<'.repeat(10_000)}`
      const known = { permissionSetArn: long, accountId: long, principalId: long, principalType: long }
      return failed({ number: index, failureReason: long, ...known })
    })
    const accountsBehind = new Map([0, 1, 2].map((index) => [`arn:${index}`, accountsOf(10_000)]))
    const summary = summaryOf(outcomeOf({ verdict: 'failed', requests, accountsBehind }), limit)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(most)
    expect(summary).toContain('### Accounts behind: 10000')
    expect(summary).toMatch(/\n### What to do next\n\n- Once the cause is fixed[^\n]+\n$/)
    expect(summary).toMatch(
      /\n\n… and \d+ more requests, which are in the file that the output `results-file` names: \d+ FAILED\.\n/,
    )
    expect(summary).toMatch(/<summary>300 permission sets<.*\n- … and \d{2,3} more\n\n<\/details>/s)
    expect(summary.match(/<blockquote>/g)?.length).toBe(summary.match(/<\/blockquote>/g)?.length)
    const shown = summary.match(/^\| ❌ ?.*`5a1b/gm)?.length ?? 0
    const more = Number(/and (\d+) more requests/.exec(summary)?.[1])
    expect([shown > 0, shown + more]).toEqual([true, 300])
  })
})

describe('names of permission sets', () => {
  const named = (arn: string, name: string) =>
    summaryOf(outcomeOf({ requests: [succeeded({ permissionSetArn: arn })], names: new Map([[arn, name]]) }))

  test('are links to the console, with the ARN below', () => {
    const summary = named(permissionSetArn, 'Read_Only')
    expect(summary).toContain(` | [\`Read_Only\`](${consoleUrl}) | `)
    expect(summary).toContain(`\n- \`Read_Only\` \`${permissionSetArn}\`\n`)
  })

  test('are not links if there is no console', () => {
    const arn = permissionSetArn.replace('aws', 'aws-iso')
    const summary = named(arn, 'Read_Only')
    expect(summary).toContain(' | `Read_Only` | ')
    expect(summary).toContain(`\n- \`Read_Only\` \`${arn}\`\n`)
  })

  test('are also plain text in the heading', () => {
    const html = markdown.render(named(permissionSetArn, '_a_b__c__'))
    expect(html).toContain('<h2>✅ Provisioning of <code>_a_b__c__</code> succeeded</h2>')
  })
})

test("AWS's text never becomes markup", () => {
  const anything = fc.string({
    unit: fc.constantFrom('<', '>', '`', '|', '\n', '</pre>', '<img src=x>', '[x](y)', '*', ' ', '&', '\\', '"', 'a'),
    minLength: 1,
  })
  fc.assert(
    fc.property(anything, anything, anything, (failureReason, permissionSetArn, principalId) => {
      const failure = callFailureOf({ scope: 'request', title: principalId, message: principalId, remedy: principalId })
      const requests = [
        failed({ failureReason, permissionSetArn, principalId, accountId: failureReason }),
        unanswered({ number: 2, blocker: final(failure) }),
      ]
      for (const verdict of ['failed', 'error'] as const) {
        const html = markdown.render(summaryOf(outcomeOf({ verdict, requests })))
        const elements = [...html.matchAll(/<\/?([^\s>]+)[^>]*>/g)].map(([, name]) => name)
        const ours = 'h2 h3 p table thead tbody tr th td code blockquote ul li strong'.split(' ')
        expect(elements.filter((name) => !ours.includes(name ?? ''))).toEqual([])
        expect(elements.filter((name) => name === 'blockquote')).toHaveLength(4)
        expect(elements.filter((name) => name === 'tr')).toHaveLength(6)
      }
    }),
    { numRuns: 500 },
  )
})
