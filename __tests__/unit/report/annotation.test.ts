import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { annotationOf } from '../../../src/report/annotation.ts'
import { outcomeOf, requestIdOf, resultOf, resultsOf, troubleOf } from '../examples.ts'

const reason = 'Received a 404 status error: Assignment not found.'

function failure(failureReason: string, count = 1) {
  const reasons = Array.from({ length: count }, (_, index) =>
    count === 1 ? failureReason : `${failureReason} ${index + 1}`,
  )
  const results = reasons.map((failureReason, index) =>
    resultOf('FAILED', { requestId: requestIdOf(index + 1), failureReason }),
  )
  return outcomeOf({ verdict: 'failed', results })
}

describe('the annotation', () => {
  test('says what happened, why, which accounts are behind, and what to do', () => {
    const outcome = {
      ...failure(reason),
      operation: 'create-account-assignment' as const,
      accountsBehind: new Map([['arn', ['111122223333', '444455556666']]]),
    }
    const { title, message } = annotationOf(outcome)
    expect(title).toBe('Account assignment failed')
    expect(message.split('\n')).toEqual([
      reason,
      '2 accounts do not hold the latest permission set.',
      expect.stringMatching(/^Likely cause: The assignment did not exist .* Compare the assignments/),
      expect.stringMatching(/^What to do: When the cause is mended, call CreateAccountAssignment again/),
    ])
  })

  test('of one account, in the singular', () => {
    const { message } = annotationOf({ ...failure(reason), accountsBehind: new Map([['arn', ['111122223333']]]) })
    expect(message).toContain('\n1 account does not hold the latest permission set.\n')
  })

  test('of several steps joins them', () => {
    const outcome = outcomeOf({ verdict: 'timed-out', results: [resultOf('IN_PROGRESS')], elapsedMs: 60_000 })
    expect(annotationOf(outcome)).toEqual({
      title: 'Provisioning had not finished after 1 min',
      message: expect.stringMatching(/^What to do: AWS carries on .* again\. If it usually .* 'timeout-minutes'\.$/),
    })
  })

  test('without steps has none', () => {
    const outcome = outcomeOf({
      verdict: 'error',
      results: [resultOf(null, {}, { error: 'Broken', givenUp: true })],
      trouble: troubleOf({ remedy: '' }),
    })
    expect(annotationOf(outcome).message).toBe('Broken')
  })

  test('of several requests says behind each cause which ones it is about: what failed first, then what could not be read', () => {
    const ids = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, index) => requestIdOf(first + index)).join(', ')
    const unread = (number: number, error: string) =>
      resultOf(null, { requestId: requestIdOf(number) }, { error, givenUp: true })
    const results = [
      ...[1, 2, 3, 4].map((number) => unread(number, 'Denied')),
      unread(5, 'Invalid'),
      ...[6, 7].map((number) => resultOf('FAILED', { requestId: requestIdOf(number), failureReason: 'Gremlins.' })),
    ]
    expect(
      annotationOf(outcomeOf({ verdict: 'failed', results }))
        .message.split('\n')
        .slice(0, -1),
    ).toEqual([`Gremlins. (${ids(6, 7)})`, `Denied (${ids(1, 3)} and 1 more)`, `Invalid (${ids(5, 5)})`])
  })

  test('of a cause that is about no request in particular names none', () => {
    const trouble = troubleOf({ message: 'Throttled' })
    const outcome = outcomeOf({ verdict: 'timed-out', results: resultsOf(2, 'IN_PROGRESS'), trouble })
    expect(annotationOf(outcome).message.split('\n')[0]).toBe('Throttled')
  })

  test('shows every problem with the inputs, as nobody wants to mend one a run', () => {
    const problems = Array.from({ length: 12 }, (_, index) => `Problem ${index}`)
    const lines = annotationOf(outcomeOf({ verdict: 'error', problems })).message.split('\n')
    expect(lines.slice(0, -1)).toEqual(problems)
    expect(lines.at(-1)).toMatch(/^What to do: Correct the step's inputs/)
  })

  test('shows five causes and counts the rest', () => {
    const lines = (count: number) => annotationOf(failure('Why', count)).message.split('\n').slice(0, -1)
    const ids = [1, 2, 3, 4, 5].map((number) => `Why ${number} (${requestIdOf(number)})`)
    expect(lines(5)).toEqual(ids)
    expect(lines(6)).toEqual([...ids, '… and 1 more.'])
    expect(lines(1_000)).toEqual([...ids, '… and 995 more.'])
  })

  test.each([1, 2, 3, 4, 5, 6, 100])('of %d requests with endless reasons still ends with what to do', (count) => {
    const { message } = annotationOf(failure('x'.repeat(10_000), count))
    expect(message.length).toBeLessThanOrEqual(4_000)
    expect(message.split('\n').at(-1)).toMatch(/^What to do: When the cause is mended.*again\.$/)
  })

  test('gives a long reason as much room as there is, and counts what is missing in whole characters', () => {
    const shown = (count: number) => annotationOf(failure('x'.repeat(10_000), count)).message.split('\n')[0]
    expect(shown(1)).toMatch(/^x{1970}… \(8,030 more characters\)$/)
    expect(shown(2)).toMatch(/^x{931}… \(9,071 more characters\) \(.{36}\)$/)
    expect(shown(3)).toMatch(/^x{597}… \(9,405 more characters\) \(.{36}\)$/)
  })

  test('has no line that could start a workflow command, whatever AWS says', () => {
    const anything = fc.string({ unit: fc.constantFrom(':', '#', '[', ' ', '\n', '\r', '\u2028', 'x', '\ud83d') })
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 3 }), (text, count) => {
        const { title, message } = annotationOf(failure(text, count))
        expect(title).not.toContain('\n')
        for (const line of message.split('\n')) {
          expect(line).not.toContain('##[')
          expect(line.trim().startsWith('::')).toBe(false)
          expect(line).not.toMatch(/[\r\u2028]/)
        }
      }),
    )
  })
})
