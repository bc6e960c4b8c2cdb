import { expect, test } from '@jest/globals'
import { problemsOf } from './reading.ts'

test.each(['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])(
  '%s is a problem in a spelling that the SDK ignores',
  (name) => {
    for (const value of ['TRUE', 'True', '1', 'yes', ' true', 'true\n'])
      expect(problemsOf({}, { [name]: value })).toEqual([
        `The environment variable ${name} is ${JSON.stringify(value)}, but it must be true or false, in lower case.`,
      ])
    for (const value of ['', 'true', 'false']) expect(problemsOf({}, { [name]: value })).toEqual([])
  },
)
