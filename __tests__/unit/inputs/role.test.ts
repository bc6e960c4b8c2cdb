import { describe, expect, test } from '@jest/globals'
import { inputsOf, problemsOf, roleArn } from './reading.ts'

describe('role-to-assume', () => {
  test.each([
    'arn:aws:iam::111122223333:role/deploy',
    'arn:aws-cn:iam::111122223333:role/path/to/deploy',
    'arn:aws:iam::111122223333:role/a+=,.@-_',
    `arn:aws:iam::111122223333:role/${'a'.repeat(576)}`,
  ])('%s is a role', (arn) => {
    expect(inputsOf({ 'role-to-assume': arn }).role?.roleArn).toBe(arn)
  })

  test.each([
    'arn:aws:iam::111122223333:role/',
    'arn:aws:iam::111122223333:user/deploy',
    'arn:aws:iam::111122223333:role/a b',
    `arn:aws:iam::111122223333:role/${'a'.repeat(577)}`,
    'xarn:aws:iam::111122223333:role/deploy',
  ])('%s is refused', (arn) => {
    expect(problemsOf({ 'role-to-assume': arn })).toHaveLength(1)
  })
})

describe('role-session-name', () => {
  test.each(['ab', 'a'.repeat(64)])('%s is a name', (name) => {
    expect(inputsOf({ 'role-to-assume': roleArn, 'role-session-name': name }).role?.sessionName).toBe(name)
  })

  test.each(['a', 'a'.repeat(65), 'a/b'])('%s is refused', (name) => {
    expect(problemsOf({ 'role-session-name': name })).toHaveLength(1)
  })
})

describe('role-duration-seconds', () => {
  test.each([
    ['900', 900],
    ['43200', 43_200],
  ])('%s is taken', (value, expected) => {
    const { role } = inputsOf({ 'role-to-assume': roleArn, 'role-duration-seconds': value })
    expect(role?.durationSeconds).toBe(expected)
  })

  test.each(['899', '43201', '3600.0', '3600.5', '1h'])('%s is refused', (value) => {
    expect(problemsOf({ 'role-duration-seconds': value })).toHaveLength(1)
  })
})
