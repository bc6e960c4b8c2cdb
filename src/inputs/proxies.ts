import type { Environment } from './input.ts'
import { type Parsed, type Problem, right, wrong } from './parsed.ts'

/** The variables that Node's agents read a proxy from. */
const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

/** Checks the settings of proxies. Node's agents would refuse a wrong one with a message that shows the password. */
export function checkProxies(environment: Environment): Parsed<null> {
  const problems = names.filter((name) => !isProxy(environment[name])).map(problemOf)
  return problems.length === 0 ? right(null) : wrong(...problems)
}

function isProxy(value: string | undefined): boolean {
  return !value || /^https?:$/.test(URL.parse(value)?.protocol ?? '')
}

function problemOf(name: string): Problem {
  return (
    `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
    'Its value is not shown, because it may hold a password. Special characters in a password must be percent-encoded.'
  )
}
