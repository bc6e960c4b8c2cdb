import { expect, test } from '@jest/globals'
import { outputsText, type Paint, summaryText } from '../../../simulator/terminal.ts'

const unpainted: Paint = (_, text) => text
const painted: Paint = (style, text) => `<${style} ${text}>`

test('outputs have a column of names, results line by line, and nothing that controls the terminal', () => {
  const outputs = {
    verdict: 'failed',
    results: '[{"a":1},{"a":2},{"a":3},{"a":4}]',
    'failure-reason': 'a\u001b[2Jb\nc',
  }
  expect(outputsText(outputs, unpainted).split('\n')).toEqual(
    expect.arrayContaining([
      'verdict         failed',
      'results         [',
      '                    "a": 3',
      '                … and 1 more',
      'failure-reason  a\ufffd[2Jb',
      '                c',
    ]),
  )
})

test.each([
  ['a heading', '## ❌ 1 of `2` failed', '<bold ❌ 1 of 2 failed>'],
  ['a paragraph', '**Cause:** a\\_b<br>c &#64; d &lt;e&gt;', 'Cause: a_b\nc @ d <e>'],
  ['a quote', '<blockquote><code>no &amp; no</code></blockquote>', '  <yellow no & no>'],
  ['a table', '| A | Bcd |\n| --- | --- |\n| [`x`](https://y) | ❌&nbsp;FAILED |', '<dim A  Bcd>\nx  ❌ <red FAILED>'],
  ['code', '```mermaid\ngantt\n```', '<dim gantt>'],
])('%s of the job summary is shown without its marks', (_, markdown, text) => {
  expect(summaryText(`${markdown}\n\n`, painted)).toBe(text)
})
