import { describe, expect, test } from '@jest/globals'
import { annotationOf } from '../../../src/report/annotation.ts'
import { notAsked, type Outcome } from '../../../src/report/outcome.ts'
import { outputsOf, resultsOf } from '../../../src/report/outputs.ts'
import { type Story, tell } from '../../../src/report/story.ts'
import { summaryOf } from '../../../src/report/summary.ts'
import { toTheEnd } from '../../../src/requests/goal.ts'
import { requestIdOf } from '../examples.ts'
import { plans } from '../wait/model.ts'
import { waitFor } from '../wait/wait-for.ts'
import { failed, final, inProgress, several, startedAt, storyWith, succeeded, unanswered } from './outcomes.ts'
import { pageOf } from './page.ts'

/** Failures that each have a reason of their own. */
function failuresFor(failureReason: string, count: number): Story {
  const reasonOf = (number: number) => (count === 1 ? failureReason : `${number} ${failureReason}`)
  const make = (number: number) => failed({ number, failureReason: reasonOf(number) })
  return storyWith({ verdict: 'failed', requests: Array.from({ length: count }, (_, index) => make(index + 1)) })
}

const linesOf = (outcome: Story) => annotationOf(outcome).message.split('\n')
/** How many things a text says that it leaves out. */
const leftOut = (text: string) => Number(/(\d+) more\b/.exec(text)?.[1] ?? 0)
const accountsOf = (count: number) => Array.from({ length: count }, (_, index) => String(100_000_000_000 + index))

describe('the annotation', () => {
  test('has room for every problem with the inputs', () => {
    const problems = Array.from({ length: 12 }, (_, index) => `Problem ${index} ${'x'.repeat(250)}`)
    expect(linesOf(tell(notAsked(startedAt, { verdict: 'error', problems }))).slice(0, -1)).toEqual(problems)
  })

  test.each([5, 6, 1_000])('has five of %d causes, and the rest is counted', (count) => {
    const lines = linesOf(failuresFor('Why', count))
    expect(lines.filter((line) => line.endsWith(' Why'))).toHaveLength(5)
    expect(leftOut(lines.join('\n'))).toBe(count - 5)
  })

  const longReasons: readonly [what: string, reason: string][] = [
    ['10,000 characters', 'x'.repeat(10_000)],
    ['2,480 characters that become 3,100', '##[x'.repeat(620)],
  ]
  test.each([
    ...[1, 2, 3, 5, 6, 100].flatMap((count) => longReasons.map((row) => [count, ...row] as const)),
    [2, '5,000,000 characters', 'x'.repeat(5_000_000)] as const,
  ])('is nearly used up by the reasons of %d requests, of %s each, and ends with what to do', (count, _, long) => {
    const { message } = annotationOf(failuresFor(long, count))
    expect(message.length).toBeLessThanOrEqual(4_000)
    expect(message.length).toBeGreaterThan(count === 1 ? 3_200 : 3_800)
    expect(message.split('\n').at(-1)).toBe(linesOf(failuresFor('Why', 1)).at(-1))
  })

  test('never cuts its end', () => {
    const endless = 'x'.repeat(5_000)
    const requests = [1, 2, 3, 4, 5].map((number) => {
      const blocker = final({
        scope: 'action',
        title: endless,
        message: `${number}${endless}`,
        remedy: `${number}${endless}`,
      })
      return inProgress({ number, permissionSetArn: endless, accountId: endless, blocker })
    })
    const { title, message } = annotationOf(storyWith({ verdict: 'error', requests: [...requests, succeeded()] }))
    expect(title.length).toBeLessThanOrEqual(300)
    expect(message.length).toBeLessThanOrEqual(4_000)
    expect(message.length).toBeGreaterThan(3_400)
    expect(message).toMatch(/\nWhat to do next: .*again\.$/)
  })
})

test('the log has a line for each of 50 failures, and one that says where the others are', async () => {
  const { log } = await waitFor(toTheEnd, { plans: plans(60, () => ({ status: 'FAILED', failureReason: 'Why' })) })
  expect(log.filter((line) => line.endsWith('FAILED: Why'))).toHaveLength(50)
  expect(log.filter((line) => line.startsWith('More failures'))).toHaveLength(1)
})

describe('the summary', () => {
  /** What it shows of many things, and how many it says that it leaves out. */
  function shown(known: Partial<Outcome>, marks: RegExp): [shown: number, leftOut: number] {
    const summary = summaryOf(storyWith({ verdict: 'failed', ...known }))
    return [summary.match(marks)?.length ?? 0, leftOut(summary)]
  }
  const reasons = (count: number) =>
    Array.from({ length: count }, (_, index) => failed({ number: index, failureReason: `Why ${index}` }))
  const unread = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      unanswered({ number: index, blocker: final({ message: `Why ${index}`, remedy: '' }) }),
    )
  const drawn = (count: number) => several(count, succeeded, { createdDate: startedAt })
  const of = (arns: readonly string[], accounts: readonly string[]) => new Map(arns.map((arn) => [arn, accounts]))

  test.each<[string, number, RegExp, (count: number) => Partial<Outcome>]>([
    ['requests', 200, /^\| ✅/gm, (count) => ({ requests: several(count, succeeded) })],
    ['reasons', 50, /<blockquote>/g, (count) => ({ requests: reasons(count) })],
    ['causes of what was not read', 50, /<blockquote>/g, (count) => ({ requests: unread(count) })],
    ['bars of the timeline', 50, / :done, /g, (count) => ({ requests: drawn(count) })],
    ['accounts', 50, /`1000\d{8}`/g, (count) => ({ outOfDate: of(['arn'], accountsOf(count)) })],
    ['accounts of each set', 20, /`1000\d{8}`/g, (count) => ({ outOfDate: of(['a', 'b'], accountsOf(count)) })],
    ['permission sets', 50, /^- `1000\d+`: /gm, (count) => ({ outOfDate: of(accountsOf(count), ['1']) })],
  ])('shows the first %s, at most %d, and counts the rest', (_, most, marks, known) => {
    const each = shown(known(2), marks)[0] / 2
    expect(each).toBeGreaterThan(0)
    expect(shown(known(most), marks)).toEqual([most * each, 0])
    expect(shown(known(most + 7), marks)).toEqual([most * each, 7])
  })

  test('shows the most urgent requests, and says how those ended that it leaves out', () => {
    const requests = [...several(1_000, succeeded), ...several(300, inProgress), failed({ number: 9 }), unanswered()]
    const lines = summaryOf(storyWith({ verdict: 'failed', requests })).split('\n')
    expect(lines.filter((line) => line.startsWith('| '))[2]).toContain(requestIdOf(9))
    expect(lines.find((line) => line.startsWith('… and'))).toMatch(/: 101 IN_PROGRESS, .*1000 SUCCEEDED/)
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
    const outOfDate = new Map([0, 1, 2].map((index) => [`arn:${index}`, accountsOf(10_000)]))
    const summary = summaryOf(storyWith({ verdict: 'failed', requests, outOfDate }), limit)
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(most)
    expect(summary).toMatch(/\n### What to do next\n\n- [^\n]+\n$/)
    expect(summary.match(/<blockquote>/g)?.length).toBe(summary.match(/<\/blockquote>/g)?.length)
    expect(summary.match(/<details>/g)?.length).toBe(summary.match(/<\/details>/g)?.length)
    const rows = summary.match(/^\| ❌.*`5a1b/gm)?.length ?? 0
    expect([rows > 0, rows + Number(/and (\d+) more requests/.exec(summary)?.[1])]).toEqual([true, 300])
  })
})

describe('the outputs', () => {
  test.each([1_000, 1_001])(
    'have no results of more than 1,000 requests, and the file, which the log names, has them all: %d',
    async (count) => {
      const outcome = storyWith({ requests: several(count, succeeded) })
      const { log } = await pageOf(outcome)
      expect(log.some((line) => line.includes('/results.json'))).toBe(count > 1_000)
      expect(JSON.parse(outputsOf(outcome, '')['results'] ?? '')).toHaveLength(count > 1_000 ? 0 : count)
      expect(JSON.parse(resultsOf(outcome))).toHaveLength(count)
    },
  )

  // A job's outputs hold 1 MB, which a character can fill with one to three bytes.
  test.each(['x', 'é', '漢'])('have a limit in bytes, with reasons of %s', (letter) => {
    const values = outputsOf(failuresFor(letter.repeat(1_200), 1_000), '')
    const bytes = Buffer.byteLength(values['failure-reason'] ?? '')
    expect([values['results'], bytes > 60_000, bytes <= 65_536]).toEqual(['[]', true, true])
    const whole = outputsOf(failuresFor(letter.repeat(100_000), 1), '')['failure-reason'] ?? ''
    expect([whole.replaceAll(letter, ''), Buffer.byteLength(whole) <= 65_536]).toEqual(['', true])
  })
})
