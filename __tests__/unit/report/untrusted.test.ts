import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import MarkdownIt from 'markdown-it'
import { annotationOf } from '../../../src/report/annotation.ts'
import { outputsOf } from '../../../src/report/outputs.ts'
import { summaryOf } from '../../../src/report/summary.ts'
import { permissionSetArn as arn, at, failed, final, startedAt, storyWith, succeeded, unanswered } from './outcomes.ts'

const markdown = new MarkdownIt({ html: true })

test("AWS's text never becomes markup in the summary", () => {
  const anything = fc.string({
    unit: fc.constantFrom('<', '>', '`', '|', '\n', '</pre>', '<img src=x>', '[x](y)', '*', ' ', '&', '\\', '"', 'a'),
    minLength: 1,
  })
  fc.assert(
    fc.property(anything, anything, anything, (failureReason, permissionSetArn, principalId) => {
      const blocker = final({ title: principalId, message: principalId, remedy: principalId })
      const requests = [
        failed({ failureReason, permissionSetArn, principalId, accountId: failureReason }),
        unanswered({ number: 2, blocker }),
      ]
      for (const verdict of ['failed', 'error'] as const) {
        const html = markdown.render(summaryOf(storyWith({ verdict, requests })))
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

test('the name of a permission set is plain text in the heading, and nothing else in a drawing', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(':', ',', ';', '#', '\n', '_', '*', '%', '"', 'x', ' ') }),
      (text) => {
        const names = new Map([[arn, `a${text}_b_`]])
        const known = { permissionSetArn: arn, createdDate: at(-5) }
        const summary = summaryOf(storyWith({ requests: [succeeded(known), failed({ ...known, number: 2 })], names }))
        const [, drawing = ''] = /todayMarker off\n(.*?)\n```/s.exec(summary) ?? []
        expect(drawing.split('\n')).toHaveLength(2)
        for (const line of drawing.split('\n')) expect(line).toMatch(/^ {2}5a1b2c3d a[\w.@ -]* :(done|crit), \d+, \d+$/)
      },
    ),
  )
  const names = new Map([[arn, '_a_b__c__']])
  const html = markdown.render(summaryOf(storyWith({ requests: [succeeded({ permissionSetArn: arn })], names })))
  expect(html).toMatch(/^<h2>[^<]*<code>_a_b__c__<\/code>[^<]*<\/h2>/)
})

test('no line of the annotation can start a workflow command', () => {
  const anything = fc.string({ unit: fc.constantFrom(':', '#', '[', ' ', '\n', '\r', '\u2028', 'x', '\ud83d') })
  fc.assert(
    fc.property(anything, anything, fc.integer({ min: 1, max: 3 }), (text, name, count) => {
      const requests = Array.from({ length: count }, (_, number) =>
        failed({
          number,
          failureReason: `${number > 0 ? number : ''}${text}`,
          permissionSetArn: name,
          accountId: text,
        }),
      )
      const names = new Map([[name, text]])
      const { title, message } = annotationOf(storyWith({ verdict: 'failed', requests, names, startedAt }))
      expect(title).not.toContain('\n')
      for (const line of [title, ...message.split('\n')]) {
        expect(line).not.toContain('##[')
        expect(line.trim().startsWith('::')).toBe(false)
        expect(line).not.toMatch(/[\r\u2028]/)
      }
    }),
  )
})

test("the outputs have AWS's text verbatim", () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (failureReason) => {
      const { results, ...others } = outputsOf(
        storyWith({ verdict: 'failed', requests: [failed({ failureReason })] }),
        '',
      )
      expect(others['failure-reason']).toBe(failureReason)
      expect(JSON.parse(results ?? '')).toMatchObject([{ failureReason }])
    }),
  )
})
