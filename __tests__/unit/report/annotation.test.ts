import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { annotationOf } from '../../../src/report/annotation.ts'
import { invalidInputs, type Outcome } from '../../../src/report/outcome.ts'
import {
  callFailureOf,
  denied,
  failed,
  final,
  inProgress,
  outcomeOf,
  permissionSetArn,
  requestIdOf,
  startedAt,
  succeeded,
  unanswered,
  unknown,
} from './outcomes.ts'

const reason = 'Received a 404 status error: Assignment not found.'

/** Failures that each have a reason of their own. */
function failuresFor(failureReason: string, count: number): Outcome {
  const requests = Array.from({ length: count }, (_, index) =>
    failed({ number: index + 1, failureReason: count === 1 ? failureReason : `${index + 1} ${failureReason}` }),
  )
  return outcomeOf({ verdict: 'failed', requests })
}

function linesOf(outcome: Partial<Outcome>): string[] {
  return annotationOf(outcomeOf(outcome)).message.split('\n')
}

describe('the annotation', () => {
  test('says what happened, why, which accounts are behind, and what to do', () => {
    const outcome = outcomeOf({
      verdict: 'failed',
      requests: [failed({ failureReason: reason })],
      accountsBehind: new Map([['arn', ['111122223333', '444455556666']]]),
    })
    const { title, message } = annotationOf(outcome)
    expect(title).toBe('Provisioning failed')
    expect(message.split('\n')).toEqual([
      reason,
      expect.stringMatching(/^Likely cause: AWS did not find the assignment.* Compare the assignments/),
      '2 accounts do not hold the latest version: 111122223333, 444455556666.',
      expect.stringMatching(/^What to do next: Once the cause is fixed, call ProvisionPermissionSet again/),
    ])
  })

  test('names the first five accounts that are behind', () => {
    const lineFor = (count: number) => {
      const accounts = Array.from({ length: count }, (_, index) => String(index))
      const lines = linesOf({ verdict: 'failed', requests: [failed()], accountsBehind: new Map([['arn', accounts]]) })
      return lines.find((line) => line.includes('latest version'))
    }
    expect(lineFor(0)).toBeUndefined()
    expect(lineFor(1)).toBe('1 account does not hold the latest version: 0.')
    expect(lineFor(7)).toBe('7 accounts do not hold the latest version: 0, 1, 2, 3, 4 and 2 more.')
  })

  test('has each reason with its own requests and its own likely cause', () => {
    const names = new Map([[permissionSetArn, 'ReadOnlyAccess']])
    const requests = [
      failed({ number: 1, permissionSetArn, accountId: '111122223333', failureReason: reason }),
      failed({ number: 2, failureReason: 'An internal service exception.' }),
      succeeded({ number: 3 }),
    ]
    expect(linesOf({ verdict: 'failed', requests, names }).slice(0, -1)).toEqual([
      `ReadOnlyAccess in 111122223333 (${requestIdOf(1)}): ${reason}`,
      expect.stringMatching(/^Likely cause: AWS did not find the assignment/),
      `${requestIdOf(2)}: An internal service exception.`,
      expect.stringMatching(/^Likely cause: AWS had an internal error\. Start a new request\./),
    ])
  })

  test('has the same advice on several causes once, after the last of them', () => {
    const lines = annotationOf(failuresFor(reason, 3)).message.split('\n')
    expect(lines.map((line) => line.split(' ', 1)[0])).toEqual([
      ...[1, 2, 3].map((number) => `${requestIdOf(number)}:`),
      'Likely',
      'What',
    ])
  })

  test('has failures first, then what could not be read, with what to do about it', () => {
    const requests = [
      unanswered({ number: 1, blocker: final(denied) }),
      unanswered({ number: 2, blocker: final(unknown) }),
      failed({ number: 3, failureReason: 'Gremlins.' }),
    ]
    expect(linesOf({ verdict: 'failed', requests }).slice(0, -1)).toEqual([
      `${requestIdOf(3)}: Gremlins.`,
      `${requestIdOf(1)}: ${denied.message}`,
      `What to do: ${denied.remedy}`,
      `${requestIdOf(2)}: ${unknown.message}`,
      `What to do: ${unknown.remedy}`,
    ])
  })

  test('is only the cause, if there is nothing to do', () => {
    const gone = callFailureOf({ ...unknown, remedy: '' })
    expect(linesOf({ verdict: 'error', requests: [unanswered({ blocker: final(gone) })] })).toEqual([gone.message])
  })

  test('of a cancelled job begins with what happened', () => {
    expect(linesOf({ verdict: 'cancelled', ending: 'cancelled', requests: [inProgress()] })).toEqual([
      expect.stringMatching(/^The job was cancelled: .*timeout-minutes/),
      expect.stringMatching(/^What to do next: AWS carries on/),
    ])
  })

  test('of a wait without an answer says that before the cause', () => {
    const outage = callFailureOf()
    const outcome = { verdict: 'timed-out', ending: 'timed-out', requests: [unanswered()], outage } as const
    expect(linesOf({ ...outcome, elapsedMs: 60_000 })).toEqual([
      'AWS gave no status within 1 min.',
      outage.message,
      `What to do: ${outage.remedy}`,
      expect.stringMatching(/^What to do next: Wait for the same request IDs again/),
    ])
  })

  test('has several next steps in one line', () => {
    const outcome = { verdict: 'timed-out', ending: 'timed-out', requests: [inProgress()] } as const
    expect(linesOf(outcome)).toEqual([
      expect.stringMatching(/^What to do next: AWS carries on .* again\. If it usually .* 'timeout-minutes'\.$/),
    ])
  })
})

describe('the length of the annotation', () => {
  test('has room for every problem with the inputs', () => {
    const problems = Array.from({ length: 12 }, (_, index) => `Problem ${index} ${'x'.repeat(250)}`)
    const lines = annotationOf(invalidInputs(problems, startedAt)).message.split('\n')
    expect(lines.slice(0, -1)).toEqual(problems)
    expect(lines.at(-1)).toMatch(/^What to do next: Correct the step's inputs/)
  })

  test('has room for five causes, and the rest is counted', () => {
    const lines = (count: number) => annotationOf(failuresFor('Why', count)).message.split('\n').slice(0, -1)
    const five = [1, 2, 3, 4, 5].map((number) => `${requestIdOf(number)}: ${number} Why`)
    expect(lines(5)).toEqual(five)
    expect(lines(6)).toEqual([...five, '… and 1 more.'])
    expect(lines(1_000)).toEqual([...five, '… and 995 more.'])
  })

  const longReasons: readonly [what: string, reason: string][] = [
    ['10,000 characters', 'x'.repeat(10_000)],
    ['5,000,000 characters', 'x'.repeat(5_000_000)],
    ['2,480 characters that become 3,100', '##[x'.repeat(620)],
  ]
  test.each([1, 2, 3, 5, 6, 100].flatMap((count) => longReasons.map((row) => [count, ...row] as const)))(
    'is nearly used up by the reasons of %d requests, of %s each, and the end has what to do',
    (count, _, long) => {
      const { message } = annotationOf(failuresFor(long, count))
      expect(message.length).toBeLessThanOrEqual(4_000)
      expect(message.length).toBeGreaterThan(count === 1 ? 3_200 : 3_800)
      const lines = message.split('\n')
      expect(lines.at(-1)).toMatch(/^What to do next: Once the cause is fixed.*again\.$/)
      const isCut = (line: string) => line.endsWith(' more characters)')
      if (long.length * count > 4_000) expect(lines.filter(isCut)).toHaveLength(Math.min(count, 5))
      else expect(lines).toHaveLength(2)
    },
  )

  test('never cuts the end of the annotation', () => {
    const endless = 'x'.repeat(5_000)
    const requests = [1, 2, 3, 4, 5].map((number) => {
      const failure = callFailureOf({ title: endless, message: `${number}${endless}`, remedy: `${number}${endless}` })
      const known = { permissionSetArn: endless, accountId: endless }
      return inProgress({ number, ...known, blocker: final(failure) })
    })
    const { title, message } = annotationOf(outcomeOf({ verdict: 'error', requests: [...requests, succeeded()] }))
    expect(title).toMatch(/^x{250}… \(4,\d+ more characters\)$/)
    expect(message.length).toBeLessThanOrEqual(4_000)
    expect(message.length).toBeGreaterThan(3_400)
    expect(message).toMatch(/^x+… .*\nWhat to do: 1x+… /)
    expect(message.split('\n').at(-1)).toMatch(/^What to do next: .*again\.$/)
  })
})

test('no line of the annotation can start a workflow command, with any text of AWS', () => {
  const anything = fc.string({ unit: fc.constantFrom(':', '#', '[', ' ', '\n', '\r', '\u2028', 'x', '\ud83d') })
  fc.assert(
    fc.property(anything, anything, fc.integer({ min: 1, max: 3 }), (text, arn, count) => {
      const { requests } = failuresFor(text, count)
      const about = failed({ number: 9, permissionSetArn: arn, accountId: text, failureReason: text })
      const { title, message } = annotationOf(outcomeOf({ verdict: 'failed', requests: [...requests, about] }))
      expect(title).not.toContain('\n')
      for (const line of [title, ...message.split('\n')]) {
        expect(line).not.toContain('##[')
        expect(line.trim().startsWith('::')).toBe(false)
        expect(line).not.toMatch(/[\r\u2028]/)
      }
    }),
  )
})
