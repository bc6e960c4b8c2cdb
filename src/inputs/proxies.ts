import type { Environment } from './input.ts'
import { type Parsed, type Problem, right, wrong } from './parsed.ts'

/** The variables that Node's agents read a proxy from. */
const names = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']

/** Checks the settings of proxies. Node's agents would refuse a wrong one with a message that shows the password, or go past it. */
export function checkProxies(environment: Environment): Parsed<null> {
  const problems = proxiesIn(environment)
    .filter(([, value]) => !isProxy(value))
    .map(([name]) => problemOf(name))
  return problems.length === 0 ? right(null) : wrong(...problems)
}

/** The variables that name a proxy, with their values. */
export function proxiesIn(environment: Environment): [name: string, value: string][] {
  return names.flatMap((name): [string, string][] => (environment[name] ? [[name, environment[name]]] : []))
}

/**
 * Whether Node's agents take a value for the proxy that it says: they compare the scheme as it is written, refuse line breaks, and decode
 * user and password (nodejs/node, lib/internal/http.js, parseProxyConfigFromEnv). `URL.parse` alone corrects much of what they do not. What
 * comes after the host has no meaning, so an `@` there is that of a password with a `/`, `?` or `#` in it.
 */
function isProxy(value: string): boolean {
  const url = /^https?:\/\/[^\s\\/?#\p{Cc}]+([/?#][^\s\\@\p{Cc}]*)?$/u.test(value) ? URL.parse(value) : null
  try {
    return url !== null && decodeURIComponent(`${url.username}:${url.password}`) !== ''
  } catch {
    return false
  }
}

function problemOf(name: string): Problem {
  return (
    `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
    'Its value is not shown, because it may hold a password. Special characters in a password must be percent-encoded.'
  )
}
