import { describe, expect, test } from '@jest/globals'
import { all, map, right, wrong } from '../../../src/inputs/parsed.ts'

describe('all parts together', () => {
  test('are an object of their values if all are right, also if a value is null', () => {
    expect(all({ region: right('eu-central-1'), role: right(null) })).toEqual({
      ok: true,
      value: { region: 'eu-central-1', role: null },
    })
  })

  test('are the problems of all wrong parts, in order', () => {
    expect(all({ first: wrong('a', 'b'), second: right(1), third: wrong('c') })).toEqual({
      ok: false,
      problems: ['a', 'b', 'c'],
    })
  })
})

describe('a value made of another', () => {
  test('is made if the other is right', () => {
    expect(map(right(2), (value) => value * 60)).toEqual({ ok: true, value: 120 })
  })

  test('has the problems of the other if that is wrong', () => {
    expect(map(wrong('a'), () => 1)).toEqual({ ok: false, problems: ['a'] })
  })
})
