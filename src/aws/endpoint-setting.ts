/**
 * The variable that sets the endpoint of a service, if its value is not an address that a call can go to; `null` if it is.
 *
 * The variables are those of AWS's SDKs (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html). The one of the service
 * comes before the one of all services.
 */
export function invalidEndpointIn(environment: NodeJS.ProcessEnv, service: 'SSO_ADMIN' | 'STS'): string | null {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true') return null
  const set = [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL'].find((name) => environment[name])
  if (set === undefined) return null
  const protocol = URL.parse(environment[set] ?? '')?.protocol ?? ''
  return /^https?:$/.test(protocol) ? null : set
}
