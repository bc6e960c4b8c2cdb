import { get as getByHttp, Agent as HttpAgent } from 'node:http'
import { get as getByHttps, Agent as HttpsAgent } from 'node:https'
import { json } from 'node:stream/consumers'

/**
 * Asks GitHub's token service for an OIDC token of this job
 * (https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token). The wait decides when to ask again.
 *
 * The toolkit's function follows redirects, and sends the request token to every host that an answer names.
 *
 * @throws Error with `statusCode` if the service does not answer with HTTP 200, or the error of Node's client
 */
export async function requestIdToken(
  environment: NodeJS.ProcessEnv,
  audience: string,
  signal: AbortSignal,
): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = environment
  const url = URL.parse(`${address}&audience=${encodeURIComponent(audience)}`)
  if (url === null) throw new Error('ACTIONS_ID_TOKEN_REQUEST_URL is not a URL')
  const [get, Agent] = url.protocol === 'https:' ? [getByHttps, HttpsAgent] : [getByHttp, HttpAgent]
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${requestToken}`,
    'user-agent': 'actions/oidc-client',
  }
  const agent = new Agent({ proxyEnv: environment })
  const answer = await new Promise<unknown>((resolve, reject) => {
    get(url, { agent, headers, signal }, (response) => {
      const { statusCode } = response
      if (statusCode === 200) json(response).then(resolve, reject)
      else reject(Object.assign(new Error(`GitHub's token service answered with HTTP ${statusCode}`), { statusCode }))
    }).on('error', reject)
  }).finally(() => agent.destroy())
  const token: unknown = Reflect.get(Object(answer), 'value')
  if (typeof token !== 'string' || token === '') throw new Error('The answer of the token service has no token')
  return token
}
