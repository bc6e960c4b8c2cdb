import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { lineOf, type MarkerOptions, markerIn, markerOf, type Subject } from '../../../src/github/marker.ts'
import { permissionSetArn } from '../examples.ts'

const environment = {
  GITHUB_WORKFLOW: 'Deploy',
  GITHUB_JOB: 'deploy',
  GITHUB_ACTION: 'wait',
  GITHUB_RUN_ID: '1234',
  GITHUB_RUN_ATTEMPT: '1',
}
const subject: Subject = {
  permissionSetArn,
  accountId: '111122223333',
  principalId: '90e1a2b3c4-11112222-3333-4444-5555-666677778881',
}

function marker(others: Partial<MarkerOptions> = {}) {
  const operation = 'provision-permission-set'
  return markerOf({ environment, operation, commentKey: '0', subjects: [subject], ...others })
}

describe('a marker', () => {
  test('is found again in a comment, for any names', () => {
    const names = fc.string({ unit: 'grapheme', maxLength: 50 })
    fc.assert(
      fc.property(names, names, names, (workflow, job, commentKey) => {
        const environment = { GITHUB_WORKFLOW: workflow, GITHUB_JOB: job }
        const own = marker({ environment, commentKey })
        const line = lineOf(own)
        expect(markerIn(`${line}## Report\n`)).toEqual(own)
        // GitHub keeps the line ends of a browser, in which somebody has edited the comment.
        expect(markerIn(`${line}## Report\n`.replaceAll('\n', '\r\n'))).toEqual(own)
        expect(line.indexOf('-->')).toBe(line.length - 4)
        expect(line.indexOf('\n')).toBe(line.length - 1)
      }),
    )
  })

  test.each(['', 'I like it.', '<!-- wait-for-permission-set-provisioning a b -->\n'])('is not in %j', (body) => {
    expect(markerIn(body)).toBeNull()
  })

  test('has the same subject for the same requests, in any order and number', () => {
    const other = { ...subject, accountId: '111122223334' }
    expect(marker({ subjects: [other, subject, other] }).subject).toBe(marker({ subjects: [subject, other] }).subject)
  })

  test.each<keyof Subject>(['permissionSetArn', 'accountId', 'principalId'])(
    'has a different subject for a different %s, and shows nothing of one in a wrong form',
    (key) => {
      const subjectWith = (text: string | null) => marker({ subjects: [{ ...subject, [key]: text }] }).subject
      const other = subject[key]?.replace(/1(?=[^1]*$)/, '0') ?? null
      expect(subjectWith(other)).not.toBe(marker().subject)
      for (const text of [`x${subject[key]}`, `${subject[key]} -->`, '-->'])
        expect(subjectWith(text)).toBe(subjectWith(null))
    },
  )
})
