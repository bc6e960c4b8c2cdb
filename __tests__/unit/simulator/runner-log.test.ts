import { describe, expect, test } from '@jest/globals'
import { createRunnerLog } from '../../../simulator/runner-log.ts'

describe('the log', () => {
  test.each([
    ['plain ::text::\n', 'plain ::text::\n'],
    ['::debug::hidden\nshown\n', 'shown\n'],
    ['::error title=1%2C 2 and 3%3A::one%0Atwo %2525\n', 'Error: one\ntwo %25\n'],
    ['::warning file=a,title=b::c\n', 'Warning: c\n'],
    ['::notice::c: d::e\n', 'Notice: c: d::e\n'],
    ['::group::Calls\nx\n::endgroup::\n', '▶ Calls\nx\n'],
    ['a s3cret\n::add-mask::s3cret\nthe s3cret\n', 'a ***\nthe ***\n'],
  ])('%j', (written, shown) => {
    expect(createRunnerLog()(written)).toBe(shown)
  })

  test('has colours for headings, statuses and times', () => {
    const show = createRunnerLog((style, text) => `<${style} ${text}>`)
    expect(show('      1.2 s  FAILED: no\n')).toBe('<dim       1.2 s>  <red FAILED>: no\n')
    expect(show('  2 min 05 s  SUCCEEDED\n')).toBe('<dim   2 min 05 s>  <green SUCCEEDED>\n')
    expect(show('::error title=a::b\n')).toBe('<red Error: >b\n')
  })

  test('is shown line by line, however it arrives', () => {
    const show = createRunnerLog()
    expect([show('one\n::add-'), show('mask::two\nt'), show('wo\n')]).toEqual(['one\n', '', '***\n'])
  })
})
