import { type Environment, quote } from './input.ts'
import { type Parsed, right, wrong } from './parsed.ts'

/** The variables that decide, as true or false, which endpoint is called. */
const names = ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']

/** Checks these variables. The SDK ignores every other spelling without a word (`booleanSelector` of @smithy/core). */
export function checkEndpointFlags(environment: Environment): Parsed<null> {
  const problems = names.flatMap((name) => {
    const value = environment[name] ?? ''
    if (['', 'true', 'false'].includes(value)) return []
    return `The environment variable ${name} is ${quote(value)}, but it must be true or false, in lower case.`
  })
  return problems.length === 0 ? right(null) : wrong(...problems)
}
