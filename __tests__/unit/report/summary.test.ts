import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import MarkdownIt from 'markdown-it'
import { summaryOf } from '../../../src/report/summary.ts'
import type { OperationName, RequestState } from '../../../src/request.ts'
import { type RequestResult, type Verdict, verdicts } from '../../../src/verdict.ts'
import { outcomeOf, permissionSetArn, requestId, requestIdOf, resultOf, resultsOf, troubleOf } from '../examples.ts'

const startedAt = new Date('2026-11-20T10:00:00Z')
const consoleUrl =
  'https://eu-central-1.console.aws.amazon.com/singlesignon/home?region=eu-central-1#/instances/1234567890abcdef/permission-sets/details/ps-1234567890abcdef'
const markdown = new MarkdownIt({ html: true })

/** The rows of the table, cell by cell, its title first and the line below that left out. */
function table(results: readonly RequestResult[], verdict: Verdict = 'failed'): string[][] {
  return summaryOf(outcomeOf({ verdict, results, startedAt }))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '))
    .filter(([first]) => first !== '---')
}

/** What stands in one column, top down. */
function column(title: string, results: readonly RequestResult[]): (string | undefined)[] {
  const [titles = [], ...rows] = table(results)
  return rows.map((row) => row[titles.indexOf(title)])
}

describe('the summary', () => {
  test('of a failure says what was waited for, how it ended, how long it took, why, the accounts behind and what to do', () => {
    const result = resultOf(
      'FAILED',
      {
        failureReason: 'Received a 404 status error: <b>Permission set provision not found</b> in AWS account 1.',
        createdDate: new Date('2026-11-20T09:59:50Z'),
        permissionSetArn,
      },
      { finishedAfterMs: 115_000 },
    )
    const accountsBehind = new Map([[permissionSetArn, ['111122223333', '444455556666']]])
    expect(summaryOf(outcomeOf({ verdict: 'failed', results: [result], startedAt, accountsBehind }))).toBe(
      [
        '## ❌ Provisioning failed',
        '`ProvisionPermissionSet` in eu-central-1:',
        [
          '| Status | Permission set | Account | Took | Created (UTC) | Request |',
          '| --- | --- | --- | --- | --- | --- |',
          `| ❌&nbsp;FAILED | [\`ps-1234567890abcdef\`](${consoleUrl}) | all | 2&nbsp;min&nbsp;05&nbsp;s | 09:59:50 | \`${requestId}\` |`,
        ].join('\n'),
        `- \`${permissionSetArn}\``,
        '### What AWS says',
        '<blockquote><code>Received a 404 status error: &lt;b&gt;Permission set provision not found&lt;/b&gt; in AWS account 1.</code></blockquote>',
        '**Likely cause:** The account no longer holds what AWS recorded there: it left the organization, or the AWSReservedSSO role was removed by hand.<br>**What to do:** If the account is gone, remove its assignments; otherwise start a new request.',
        '### Accounts behind: 2',
        'These do not hold the latest permission set: `111122223333`, `444455556666`.',
        '### What to do next',
        '- When the cause is mended, call ProvisionPermissionSet again and wait for the new request: AWS does not take up a failed one again.',
        '',
      ]
        .join('\n\n')
        .replace(/\n\n$/, '\n'),
    )
  })

  test('of a success is short', () => {
    const result = resultOf('SUCCEEDED', { createdDate: startedAt }, { finishedAfterMs: 400 })
    expect(summaryOf(outcomeOf({ results: [result], startedAt }))).toMatch(
      /^## ✅ Provisioning succeeded\n\n`ProvisionPermissionSet` in eu-central-1:\n\n\|[^\n]+\n\|[^\n]+\n\|[^\n]+ 0\.4&nbsp;s \|[^\n]+\n$/,
    )
  })

  test('of nothing to wait for says so', () => {
    expect(summaryOf(outcomeOf({}))).toBe(
      '## ✅ Nothing to wait for\n\nThe deploy changed nothing: `request-id` is `[]`.\n',
    )
  })

  test('of wrong inputs says which, and has no table', () => {
    expect(summaryOf(outcomeOf({ verdict: 'error', problems: ['Input \'wait\' is "<b>"', 'Second'] }))).toBe(
      [
        '## ❗ Nothing was waited for',
        '<blockquote><code>Input &#39;wait&#39; is &quot;&lt;b&gt;&quot;</code></blockquote>',
        '<blockquote><code>Second</code></blockquote>',
        '### What to do next',
        "- Correct the step's inputs ('with:') in the workflow, then run it again.\n",
      ].join('\n\n'),
    )
  })

  test('has an icon of its own for each verdict', () => {
    const icons = verdicts.map((verdict) => summaryOf(outcomeOf({ verdict })).split(' ')[1])
    expect(icons).toEqual(['✅', '⏳', '❌', '⌛', '🛑', '❗'])
  })

  test('lists every step to take', () => {
    const trouble = troubleOf({ remedy: 'Mend *it*.' })
    const summary = summaryOf(outcomeOf({ verdict: 'timed-out', results: [resultOf('IN_PROGRESS')], trouble }))
    expect(summary).toMatch(/\n\n- Mend \\\*it\\\*\.\n- AWS carries on[^\n]+\n- If it usually[^\n]+\n$/)
    expect(summary).toContain('\n### What could not be learnt\n\n<blockquote><code>It broke</code></blockquote>\n')
  })
})

describe('the table', () => {
  test('has the columns that say anything', () => {
    const whole = {
      createdDate: startedAt,
      permissionSetArn,
      accountId: '111122223333',
      principalId: '90e1a2b3c4',
      principalType: 'GROUP',
    }
    expect(table([resultOf('SUCCEEDED', whole, { finishedAfterMs: 1_000 })])).toEqual([
      ['Status', 'Permission set', 'Account', 'Principal', 'Took', 'Created (UTC)', 'Request'],
      [
        ...['✅&nbsp;SUCCEEDED', `[\`ps-1234567890abcdef\`](${consoleUrl})`, '`111122223333`'],
        ...['<code>GROUP 90e1a2b3c4</code>', '1.0&nbsp;s', '10:00:00', `\`${requestId}\``],
      ],
    ])
    expect(table([resultOf('IN_PROGRESS')])).toEqual([
      ['Status', 'Request'],
      ['⏳&nbsp;IN_PROGRESS', `\`${requestId}\``],
    ])
    expect(table([resultOf('IN_PROGRESS', { accountId: '1' }), resultOf('IN_PROGRESS')])).toEqual([
      ['Status', 'Account', 'Request'],
      ['⏳&nbsp;IN_PROGRESS', '`1`', `\`${requestId}\``],
      ['⏳&nbsp;IN_PROGRESS', '', `\`${requestId}\``],
    ])
  })

  test('tells a principal whose type is not known', () => {
    expect(column('Principal', [resultOf('FAILED', { principalId: 'x' })])).toEqual(['`x`'])
  })

  test('says all accounts of a provisioning alone, and only once its permission set is known', () => {
    const cells = (operation: OperationName, known: Partial<RequestState>) => {
      const results = [resultOf('SUCCEEDED', known), resultOf('SUCCEEDED', { accountId: '111122223333' })]
      return summaryOf(outcomeOf({ operation, results })).match(/(?<= \| )(all|`1{4}2{4}3{4}`|)(?= \| `5a1b)/g)
    }
    expect(cells('provision-permission-set', { permissionSetArn })).toEqual(['all', '`111122223333`'])
    expect(cells('provision-permission-set', {})).toEqual(['', '`111122223333`'])
    expect(cells('create-account-assignment', { permissionSetArn })).toEqual(['', '`111122223333`'])
    expect(cells('delete-account-assignment', { permissionSetArn })).toEqual(['', '`111122223333`'])
  })

  test('names the API that was waited for', () => {
    const outcome = outcomeOf({ operation: 'delete-account-assignment', results: [resultOf('SUCCEEDED')] })
    expect(summaryOf(outcome)).toContain('`DeleteAccountAssignment` in eu-central-1:')
  })

  test('says what is not known', () => {
    const results = [
      resultOf(null, {}, { error: 'x', givenUp: true }),
      resultOf('IN_PROGRESS', {}, { error: 'x', givenUp: true }),
      resultOf(null),
    ]
    expect(column('Status', results)).toEqual([
      '❗&nbsp;not&nbsp;learnt',
      '⏳&nbsp;IN_PROGRESS',
      '❗&nbsp;no&nbsp;answer',
    ])
  })

  test('puts first what needs an eye: failed, given up, open, succeeded, each in the order given', () => {
    const of = (number: number, status: Parameters<typeof resultOf>[0], givenUp = false) =>
      resultOf(status, { requestId: requestIdOf(number) }, { givenUp })
    const results = [
      of(1, 'SUCCEEDED'),
      of(2, 'IN_PROGRESS'),
      of(3, null, true),
      of(4, 'FAILED'),
      of(5, null),
      of(6, 'IN_PROGRESS', true),
      of(7, 'FAILED'),
      of(8, 'SUCCEEDED'),
    ]
    const order = column('Request', results).map((cell) => Number(/(\d)`$/.exec(cell ?? '')?.[1]))
    expect(order).toEqual([4, 7, 3, 6, 2, 5, 1, 8])
    expect(results[0]?.state.requestId).toBe(requestIdOf(1))
  })

  test.each<[string, string | undefined, Parameters<typeof resultOf>]>([
    [
      'from creation to the end',
      '12.0&nbsp;s',
      ['SUCCEEDED', { createdDate: new Date('2026-11-20T09:59:50Z') }, { finishedAfterMs: 2_000 }],
    ],
    [
      'at most as long as till the first look, where it had ended before',
      'at&nbsp;most&nbsp;10.1&nbsp;s',
      ['FAILED', { createdDate: new Date('2026-11-20T09:59:50Z') }, { finishedAfterMs: 100, finishedBefore: true }],
    ],
    [
      'more than the time so far where it has not ended',
      'more&nbsp;than&nbsp;0.0&nbsp;s',
      ['IN_PROGRESS', { createdDate: startedAt }],
    ],
    ['nothing where its creation is not known', undefined, ['SUCCEEDED', {}, { finishedAfterMs: 1_000 }]],
    [
      "nothing where the runner's clock is not AWS's",
      undefined,
      ['SUCCEEDED', { createdDate: new Date('2026-11-20T10:00:01.001Z') }, { finishedAfterMs: 1_000 }],
    ],
    ['no time at all', '0.0&nbsp;s', ['SUCCEEDED', { createdDate: startedAt }, { finishedAfterMs: 0 }]],
  ])('tells how long it took: %s', (_, took, result) => {
    expect(column('Took', [resultOf(...result)])).toEqual([took])
  })
})

describe('several requests', () => {
  const other = `${permissionSetArn.slice(0, -1)}0`
  const results = [
    resultOf('FAILED', { requestId: requestIdOf(1), permissionSetArn, failureReason: 'A.' }),
    resultOf('FAILED', { requestId: requestIdOf(2), permissionSetArn: other, failureReason: 'B.' }),
  ]

  test('have the ARNs of their permission sets folded away', () => {
    expect(summaryOf(outcomeOf({ verdict: 'failed', results }))).toContain(
      `\n\n<details><summary>2 permission sets</summary>\n\n- \`${permissionSetArn}\`\n- \`${other}\`\n\n</details>\n\n`,
    )
  })

  test('are named with the reason of each', () => {
    expect(summaryOf(outcomeOf({ verdict: 'failed', results }))).toContain(
      `\n\nOf ${requestIdOf(1)}:\n\n<blockquote><code>A.</code></blockquote>\n\nOf ${requestIdOf(2)}:\n\n<blockquote><code>B.</code></blockquote>\n`,
    )
  })

  test('that could not be read are named with the cause, outside its quote, and each cause comes once', () => {
    const unread = ['Denied <b>', 'Invalid', 'Denied <b>', 'Denied <b>', 'Denied <b>'].map((error, index) =>
      resultOf(null, { requestId: requestIdOf(index + 1) }, { error, givenUp: true }),
    )
    expect(summaryOf(outcomeOf({ verdict: 'error', results: unread }))).toContain(
      [
        '\n\n### What could not be learnt',
        `Of ${requestIdOf(1)}, ${requestIdOf(3)}, ${requestIdOf(4)} and 1 more:`,
        '<blockquote><code>Denied &lt;b&gt;</code></blockquote>',
        `Of ${requestIdOf(2)}:`,
        '<blockquote><code>Invalid</code></blockquote>\n',
      ].join('\n\n'),
    )
  })

  test('that could not be read come after those that failed', () => {
    const unread = resultOf(null, { requestId: requestIdOf(3) }, { error: 'Denied', givenUp: true })
    const headings = summaryOf(outcomeOf({ verdict: 'failed', results: [unread, ...results] })).match(/^### .*$/gm)
    expect(headings).toEqual(['### What AWS says', '### What could not be learnt', '### What to do next'])
  })

  test('are not named where a cause is about none in particular', () => {
    const trouble = troubleOf({ message: 'Throttled' })
    const summary = summaryOf(outcomeOf({ verdict: 'timed-out', results: resultsOf(2, 'IN_PROGRESS'), trouble }))
    expect(summary).toContain('\n\n### What could not be learnt\n\n<blockquote><code>Throttled</code></blockquote>\n')
  })

  test('have the date of creation where that is not the day of the wait', () => {
    const created = ['2026-11-19T23:59:59.999Z', '2026-11-20T00:00:00.000Z'].map((date) => new Date(date))
    expect(
      column(
        'Created (UTC)',
        created.map((createdDate) => resultOf('FAILED', { createdDate })),
      ),
    ).toEqual(['2026-11-19&nbsp;23:59:59', '00:00:00'])
  })
})

describe('a large summary', () => {
  test('shows 200 requests, the urgent ones, and counts the rest', () => {
    expect(table(resultsOf(200, 'SUCCEEDED'), 'succeeded')).toHaveLength(201)
    expect(summaryOf(outcomeOf({ results: resultsOf(200, 'SUCCEEDED') }))).not.toContain('more requests')
    const results = [...resultsOf(1_000, 'SUCCEEDED'), resultOf('FAILED', { requestId: requestIdOf(0) })]
    const rows = table(results)
    expect(rows).toHaveLength(201)
    expect(rows[1]?.at(-1)).toBe(`\`${requestIdOf(0)}\``)
    expect(summaryOf(outcomeOf({ results }))).toContain('… and 801 more requests, which are in the output `results`.')
  })

  test('shows 50 reasons and counts the rest', () => {
    const of = (count: number) => {
      const reasons = Array.from({ length: count }, (_, index) => `Why ${index}`)
      const results = reasons.map((failureReason) => resultOf('FAILED', { failureReason }))
      return summaryOf(outcomeOf({ verdict: 'failed', results }))
    }
    expect(of(50).match(/<blockquote>/g)).toHaveLength(50)
    expect(of(50)).not.toContain('… and')
    expect(of(51).match(/<blockquote>/g)).toHaveLength(50)
    expect(of(51)).toContain('</blockquote>\n\n… and 1 more, which are in the output `results`.\n')
  })

  test('shows 50 causes of what could not be read and counts the rest', () => {
    const of = (count: number) => {
      const errors = Array.from({ length: count }, (_, index) => `Why ${index}`)
      const results = errors.map((error) => resultOf(null, {}, { error, givenUp: true }))
      return summaryOf(outcomeOf({ verdict: 'error', results }))
    }
    expect(of(50).match(/<blockquote>/g)).toHaveLength(50)
    expect(of(50)).not.toContain('… and')
    expect(of(51).match(/<blockquote>/g)).toHaveLength(50)
    expect(of(51)).toContain('</blockquote>\n\n… and 1 more, which are in the output `results`.\n')
  })

  const accountsOf = (count: number) => Array.from({ length: count }, (_, index) => String(100000000000 + index))

  test('shows 50 accounts and counts the rest', () => {
    const of = (count: number) => summaryOf(outcomeOf({ accountsBehind: new Map([['arn', accountsOf(count)]]) }))
    expect(of(50)).toContain('### Accounts behind: 50\n')
    expect(of(50)).toMatch(/`100000000049`\.\n/)
    expect(of(120)).toMatch(/`100000000049` and 70 more, which are in the output `accounts-behind`\.\n/)
    expect(of(120)).not.toContain('100000000050')
  })

  test('tells which accounts are behind with which of several permission sets', () => {
    const name = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-2222222222222222'
    const accountsBehind = new Map([
      ['arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1111111111111111', accountsOf(21)],
      [name, ['100000000003', '200000000000']],
    ])
    const summary = summaryOf(outcomeOf({ accountsBehind, names: new Map([[name, 'ReadOnly']]) }))
    expect(summary).toContain(
      '### Accounts behind: 22\n\nFor each permission set, the accounts that do not hold its latest version:\n\n- [`ps-1111111111111111`](',
    )
    expect(summary).toMatch(
      /\n- \[`ps-1111111111111111`\]\(\S+\): `100000000000`, .*`100000000019` and 1 more, which are in the output/,
    )
    expect(summary).toMatch(/\n- \[`ReadOnly`\]\(\S+\): `100000000003`, `200000000000`\n$/)
  })

  test('names the permission set where only one of several has accounts behind', () => {
    const [one, other] = ['arn:one', 'arn:other'].map((permissionSetArn) => resultOf('FAILED', { permissionSetArn }))
    const accountsBehind = new Map([['arn:other', ['111122223333']]])
    const of = (results: RequestResult[]) => summaryOf(outcomeOf({ verdict: 'failed', results, accountsBehind }))
    if (one === undefined || other === undefined) throw new Error('There are two')
    expect(of([one, other])).toContain('\n\n- `arn:other`: `111122223333`\n')
    expect(of([other])).toContain('These do not hold the latest permission set: `111122223333`.')
  })

  test('shows the accounts of 50 permission sets and counts the other sets', () => {
    const of = (count: number) =>
      summaryOf(outcomeOf({ accountsBehind: new Map(accountsOf(count).map((arn) => [arn, ['111122223333']])) }))
    expect(of(50)).toMatch(/`100000000049`: `111122223333`\n$/)
    expect(of(52)).toMatch(/`100000000049`: `111122223333`\n- … and those of 2 more permission sets\n$/)
    expect(of(52)).toContain('### Accounts behind: 1\n')
  })

  test.each([
    ['the 1 MiB above which the runner drops it', undefined, 1_048_576],
    ['the size that it is given', 65_000, 65_000],
  ])('stays within %s, whatever AWS says, and what is left ends whole', (_, limit, most) => {
    const results = Array.from({ length: 300 }, (_, index) => {
      const long = `${index}${'<'.repeat(10_000)}`
      const known = { permissionSetArn: long, accountId: long, principalId: long, principalType: long }
      return resultOf('FAILED', { requestId: requestIdOf(index), failureReason: long, ...known })
    })
    const accountsBehind = new Map(results.map(({ state }) => [state.permissionSetArn ?? '', accountsOf(10_000)]))
    const summary = summaryOf(outcomeOf({ verdict: 'failed', results, accountsBehind }), limit)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(most)
    expect(summary).toContain('### Accounts behind: 10000')
    expect(summary).toMatch(/\n### What to do next\n\n- When the cause is mended[^\n]+\n$/)
    expect(summary).toMatch(/\n\n… and \d+ more requests, which are in the output `results`\.\n/)
    expect(summary.match(/<blockquote>/g)?.length).toBe(summary.match(/<\/blockquote>/g)?.length)
    const { '0': shown, '1': more } = [
      summary.match(/^\| ❌ ?.*`5a1b/gm)?.length ?? 0,
      Number(/and (\d+) more requests/.exec(summary)?.[1]),
    ]
    expect([shown > 0, shown + more]).toEqual([true, 300])
  })
})

describe('names', () => {
  const names = new Map([[permissionSetArn, 'Read_Only']])
  const result = resultOf('SUCCEEDED', { permissionSetArn })

  test('lead to the console, with the ARN below', () => {
    const summary = summaryOf(outcomeOf({ results: [result], names }))
    expect(summary).toContain(` | [\`Read_Only\`](${consoleUrl}) | `)
    expect(summary).toContain(`\n- \`Read_Only\` \`${permissionSetArn}\`\n`)
  })

  test('stand alone where there is no console', () => {
    const arn = permissionSetArn.replace('aws', 'aws-iso')
    const results = [resultOf('SUCCEEDED', { permissionSetArn: arn })]
    const summary = summaryOf(outcomeOf({ results, names: new Map([[arn, 'Read_Only']]) }))
    expect(summary).toContain(' | `Read_Only` | ')
    expect(summary).toContain(`\n- \`Read_Only\` \`${arn}\`\n`)
  })

  test('are text in the heading, too', () => {
    const html = markdown.render(
      summaryOf(outcomeOf({ results: [result], names: new Map([[permissionSetArn, '_a_b__c__']]) })),
    )
    expect(html).toContain('<h2>✅ Provisioning of <code>_a_b__c__</code> succeeded</h2>')
  })
})

test('the policy statement to add is shown as such', () => {
  const trouble = troubleOf({ remedy: 'Allow it.', snippet: '{\n  "Effect": "Allow"\n}' })
  expect(summaryOf(outcomeOf({ verdict: 'error', trouble }))).toMatch(
    /- Allow it\.\n\n```json\n\{\n {2}"Effect": "Allow"\n\}\n```\n$/,
  )
})

test("nothing of AWS's becomes markup", () => {
  const anything = fc.string({
    unit: fc.constantFrom('<', '>', '`', '|', '\n', '</pre>', '<img src=x>', '[x](y)', '*', ' ', '&', '\\', '"', 'a'),
    minLength: 1,
  })
  fc.assert(
    fc.property(anything, anything, anything, (failureReason, permissionSetArn, principalId) => {
      const results = [
        resultOf('FAILED', { failureReason, permissionSetArn, principalId, accountId: failureReason }),
        resultOf(null, { requestId: requestIdOf(2) }, { error: principalId, givenUp: true }),
      ]
      const html = markdown.render(summaryOf(outcomeOf({ verdict: 'failed', results })))
      const elements = [...html.matchAll(/<\/?([^\s>]+)[^>]*>/g)].map(([, name]) => name)
      const ours = ['h2', 'h3', 'p', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'code', 'blockquote', 'ul', 'li']
      expect(elements.filter((name) => !ours.includes(name ?? ''))).toEqual([])
      expect(elements.filter((name) => name === 'blockquote')).toHaveLength(4)
      expect(elements.filter((name) => name === 'tr')).toHaveLength(6)
    }),
    { numRuns: 500 },
  )
})
