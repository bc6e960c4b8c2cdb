import { type Environment, quote } from './input.ts'
import { type Parsed, right, wrong } from './parsed.ts'

/** The variables that Node's agents read a proxy from. */
const proxies = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']
/** The variables that decide, as true or false, which endpoint is called. */
const endpointFlags = ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']

/**
 * Checks the variables of the environment that decide how calls reach AWS. Node's agents would refuse a wrong proxy with a message that
 * shows the password, or go past it. The SDK ignores every other spelling of a flag without a word (`booleanSelector` of @smithy/core).
 */
export function checkVariables(environment: Environment): Parsed<null> {
  const wrongProxies = proxiesIn(environment).filter(([, value]) => !isProxy(value))
  const wrongFlags = endpointFlags.filter((name) => !['', 'true', 'false'].includes(environment[name] ?? ''))
  const problems = [
    ...wrongProxies.map(
      ([name]) =>
        `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
        'Its value is not shown, because it may hold a password. Special characters in a password must be percent-encoded.',
    ),
    ...wrongFlags.map(
      (name) =>
        `The environment variable ${name} is ${quote(environment[name] ?? '')}, but it must be true or false, in lower case.`,
    ),
  ]
  return problems.length === 0 ? right(null) : wrong(...problems)
}

/** The variables that name a proxy, with their values. */
export function proxiesIn(environment: Environment): [name: string, value: string][] {
  return proxies.flatMap((name): [string, string][] => (environment[name] ? [[name, environment[name]]] : []))
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
