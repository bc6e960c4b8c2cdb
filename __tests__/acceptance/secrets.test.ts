import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { leaksIn } from '../support/complaints.ts'
import { folderWith } from '../support/folder.ts'
import { startGitHubApi } from '../support/github-api.ts'
import { listen, refusingPort } from '../support/servers.ts'
import { type StepOptions, simulate, type TestSimulator, usesProxies, waitFor, withoutKey } from '../support/step.ts'

// Twenty secrets are in play in each of these situations, in which a step fails, and mostly its comment too. None of them may show any.

const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']
const passwords = ['p@ss w/rd#100%', 'hunter2:hunter2', 'pässwörd-€', 'Pr0xy+Passw0rd=='] as const
const urlOf = (password: string, host = `127.0.0.1:${refusingPort}`) =>
  `http://somebody:${encodeURIComponent(password)}@${host}`

/** Known to no variable: they are in files. */
const inFiles = {
  accessKeyId: 'AKIAPROFILEKEY012345',
  secretAccessKey: 'pr0fi1e+secret/key0123456789abcdefghijkl',
  sessionToken: 'pr0fi1e/session+token//0123456789abcdefghijklmnopqrstuvwxyz==',
  webIdentity: `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"somebody"}').toString('base64url')}.c2lnbmF0dXJlLW9mLXRva2Vu`,
}
const inVariables = {
  AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjENv//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+/=',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic c29tZWJvZHk6Y29udGFpbmVy',
  ACTIONS_RUNTIME_TOKEN: 'runtime-t0ken-0123456789',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-t0ken-0123456789',
}
const pem = ['-----BEGIN PRIVATE KEY-----', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'Nk9zaGFsbG93K2tleS8wMTIzNDU2Nzg5']
const containerPassword = 'c0ntainer-passw0rd'
const shared = [
  ...passwords,
  ...passwords.map((password) => Buffer.from(`somebody:${password}`).toString('base64')),
  ...Object.values(inVariables),
  ...Object.values(inFiles),
  containerPassword,
  ...pem.slice(1),
]
/** Nor may a part be shown, such as the quote of a document that breaks off. */
const parts = Object.values(inFiles).map((secret) => secret.slice(0, 12))

interface Job {
  readonly simulator: TestSimulator
  /** What a call got of the step is in its answer. @returns a URL */
  echo(shape: Shape): Promise<string>
  file(content: string): Promise<string>
}

type Options = Pick<StepOptions, 'assumesRole' | 'environment' | 'hooks' | 'inputs' | 'timeoutMinutes'> & {
  requests?: number
}
type Situation = readonly [name: string, shows: RegExp, options: (job: Job) => Options | Promise<Options>]

/** How a server answers with all that it got, in three spellings. */
type Shape = (got: string, response: ServerResponse, request: IncomingMessage) => unknown
const answer =
  (status: number, type: string, body: (got: string) => string, headers = {}): Shape =>
  (got, response) =>
    response.writeHead(status, { 'content-type': type, ...headers }).end(body(got))
const json = (body: (got: string) => object, status = 200) =>
  answer(status, 'application/x-amz-json-1.1', (got) => JSON.stringify(body(got)))
const awsError = (code: string, status = 400) => json((message) => ({ __type: code, message }), status)
const stsError = (code: string, status = 400) =>
  answer(
    status,
    'text/xml',
    (got) => `<ErrorResponse><Error><Code>${code}</Code><Message><![CDATA[${got}]]></Message></Error></ErrorResponse>`,
  )
const gitHubError = (status: number) => answer(status, 'application/json', (message) => JSON.stringify({ message }))
const reset: Shape = (_, __, { socket }) => socket.destroy()

/** One answer after the other. */
const inTurn = (...shapes: readonly [Shape, ...Shape[]]): Shape => {
  let calls = 0
  return (...call) => (shapes[calls++ % shapes.length] ?? shapes[0])(...call)
}
const calling = (code: string, status?: number): Situation => [
  `AWS answers ${code} with what it got`,
  new RegExp(code),
  async ({ echo }) => ({ environment: { AWS_ENDPOINT_URL: await echo(awsError(code, status)) } }),
]
const noKeys = { ...withoutKey, AWS_SESSION_TOKEN: undefined }
/** Only a container's endpoint gives credentials. */
const fromContainer = async ({ echo }: Job, shape: Shape): Promise<Options> => {
  const url = (await echo(shape)).replace('//', `//somebody:${containerPassword}@`)
  return { environment: { ...noKeys, AWS_CONTAINER_CREDENTIALS_FULL_URI: url } }
}
const session = JSON.stringify(
  { AccessKeyId: inFiles.accessKeyId, SecretAccessKey: inFiles.secretAccessKey, Token: inFiles.sessionToken },
  null,
  1,
)
const configured = async ({ file }: Job, lines: string): Promise<Options> => ({
  environment: { ...noKeys, AWS_CONFIG_FILE: await file(`[default]\n${lines}\n`) },
})
const asProfile = `aws_access_key_id = ${inFiles.accessKeyId}\naws_secret_access_key = ${inFiles.secretAccessKey}
aws_session_token = ${inFiles.sessionToken}`
const throwing = (...places: string[]): Options => ({
  hooks: ['throwing.cjs'],
  environment: {
    THROWS: JSON.stringify({
      places,
      quotes: [inVariables.ACTIONS_RUNTIME_TOKEN, ...passwords.flatMap((password) => [password, urlOf(password)])],
    }),
  },
})
/** The unit test of the input has all forms. */
const wrongProxies = [
  `${urlOf(passwords[0])}\n`,
  urlOf(passwords[0]).replace('//', '\\\\'),
  'http://somebody:hunter2:100%@127.0.0.1:3128',
  'http://127.0.0.1:3128:somebody:hunter2',
]
const wrongKey = /credentials.*character|signature|does not know/is

const situations: readonly Situation[] = [
  [
    'proxies are no URLs',
    new RegExp(proxyVariables.map((name) => `variable ${name}`).join('.*'), 's'),
    () => ({ environment: Object.fromEntries(proxyVariables.map((name, index) => [name, wrongProxies[index]])) }),
  ],
  [
    'the proxy is not there',
    /ECONNREFUSED/,
    () => ({ environment: { NO_PROXY: '', AWS_ENDPOINT_URL: 'https://sso.example' } }),
  ],
  [
    'the proxy answers 407 with what it got',
    /proxy/i,
    async ({ echo }) => ({
      environment: {
        HTTPS_PROXY: urlOf(passwords[1], new URL(await echo(answer(407, 'text/html', String))).host),
        https_proxy: '',
        NO_PROXY: '',
        AWS_ENDPOINT_URL: 'https://sso.example',
      },
    }),
  ],
  [
    'the session token has a line break',
    wrongKey,
    () => ({ environment: { AWS_SESSION_TOKEN: `${inVariables.AWS_SESSION_TOKEN}\n` } }),
  ],
  [
    'the access key has quotes, and its secret a line break',
    wrongKey,
    () => ({
      environment: {
        AWS_ACCESS_KEY_ID: '“AKIAIOSFODNN7EXAMPLE”',
        AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG\n/bPxRfiCYEXAMPLEKEY',
      },
    }),
  ],
  [
    'the OIDC request token has a line break',
    /credentials have a character/,
    () => ({
      assumesRole: true,
      environment: {
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: `${inVariables.ACTIONS_ID_TOKEN_REQUEST_TOKEN}\nmore-of-the-t0ken`,
      },
    }),
  ],
  calling('AccessDeniedException'),
  calling('InvalidSignatureException', 403),
  calling('ValidationException'),
  [
    'AWS names the error with what it got',
    /./,
    async ({ echo }) => ({
      environment: { AWS_ENDPOINT_URL: await echo(json((got) => ({ __type: got, Reason: got, message: '' }), 400)) },
    }),
  ],
  [
    'AWS answers each request in another way with what it got',
    /^(?=.*ThrottlingException)(?=.*not an answer)(?=.*status that the API does not define)/s,
    async ({ echo }) => {
      const shapes = inTurn(
        awsError('ThrottlingException'),
        answer(200, 'text/html', String),
        json((got) => ({ PermissionSetProvisioningStatus: { Status: got } })),
        reset,
      )
      return { requests: 4, environment: { AWS_ENDPOINT_URL: await echo(shapes) } }
    },
  ],
  [
    'STS answers with what it got, time and again',
    /ServiceUnavailable.*AccessDenied/s,
    async ({ echo }) => ({
      assumesRole: true,
      timeoutMinutes: 0.05,
      environment: {
        AWS_ENDPOINT_URL_STS: await echo(inTurn(stsError('ServiceUnavailable', 503), stsError('AccessDenied', 403))),
      },
    }),
  ],
  [
    "GitHub's token service answers with what it got, time and again",
    /OIDC token.*500.*OIDC token.*401/s,
    async ({ echo }) => {
      const shapes = inTurn(gitHubError(500), answer(200, 'application/json', String), gitHubError(401))
      return {
        assumesRole: true,
        timeoutMinutes: 0.05,
        environment: { ACTIONS_ID_TOKEN_REQUEST_URL: `${await echo(shapes)}/?x=y` },
      }
    },
  ],
  [
    'the profile has a line break in its token',
    /character|does not know|signature/i,
    (job) => configured(job, `${asProfile}”`),
  ],
  [
    'the credential process fails',
    /Command failed/,
    (job) => configured(job, `credential_process = sh -c "echo ${inFiles.secretAccessKey} >&2; exit 1"`),
  ],
  [
    'the credential process gives no JSON',
    /profile 'default' gave no credentials/,
    (job) => configured(job, `credential_process = echo {${inFiles.secretAccessKey}`),
  ],
  [
    'STS refuses the token in a file, and shows it',
    /InvalidIdentityToken/,
    async ({ echo, file, simulator }) => ({
      environment: {
        ...noKeys,
        AWS_WEB_IDENTITY_TOKEN_FILE: await file(inFiles.webIdentity),
        AWS_ROLE_ARN: simulator.roleArn,
        AWS_ENDPOINT_URL_STS: await echo(stsError('InvalidIdentityToken')),
      },
    }),
  ],
  [
    'the container refuses, and shows what it got',
    /container/,
    (job) =>
      fromContainer(
        job,
        answer(403, 'application/json', (got) => JSON.stringify({ Code: got, Message: got })),
      ),
  ],
  [
    "the container's answer breaks off",
    /container/,
    (job) =>
      fromContainer(
        job,
        answer(200, 'application/json', () => `${session.slice(0, 110)}\n!`),
      ),
  ],
  ['random numbers fail', /unexpectedly/, () => throwing('random')],
  ['neither the file with the results nor the summary can be written', /failed/, () => throwing('write', 'append')],
]

/** What GitHub does with the comment meanwhile: it answers with this status and what it got, or gets one that it cannot take. */
const gitHubs: readonly (number | Options)[] = [
  ...[201, 401, 403, 201, 404, 422, 201, 429, 500],
  { environment: { GITHUB_API_URL: urlOf(passwords[1]) } },
  { inputs: { 'github-token': pem.join('\n') } },
  { inputs: { 'github-token': `“${pem[1]}”` } },
]

const numbered = situations.map(([name, shows, optionsOf], index) => {
  return { name, shows, optionsOf, gitHub: gitHubs[index % gitHubs.length] ?? 201 }
})

test.concurrent.each(numbered)(
  'no secret is shown when $name, and of GitHub: $gitHub',
  async ({ shows, optionsOf, gitHub }) => {
    await using stack = new AsyncDisposableStack()
    const simulator = stack.use(await simulate({ seconds: 60 }))
    const api = stack.use(await startGitHubApi())
    const { write: file } = stack.use(await folderWith())
    const job: Job = {
      simulator,
      async echo(shape) {
        const server = createServer((request, response) => {
          text(request)
            .then((body) => shape(spellings(Object.values(request.headers).join(' '), body), response, request))
            .catch(() => request.socket.destroy())
        })
        server.on('connect', ({ headers }, socket) => {
          socket.end(`HTTP/1.1 407 ${headers['proxy-authorization']}\r\ncontent-length: 0\r\n\r\n`)
        })
        return `http://127.0.0.1:${stack.use(await listen(server)).port}`
      },
      file,
    }
    const given = await optionsOf(job)
    const refused = Number(gitHub) > 201 ? { GITHUB_API_URL: await job.echo(gitHubError(Number(gitHub))) } : {}
    const other = typeof gitHub === 'number' ? {} : gitHub
    const session = given.assumesRole ? {} : { AWS_SESSION_TOKEN: undefined }
    const request = given.assumesRole ? { ACTIONS_ID_TOKEN_REQUEST_TOKEN: simulator.oidc.requestToken } : {}
    const secrets = [...shared, ...parts, api.token]

    const step = await waitFor(simulator, simulator.start({}, given.requests), {
      timeoutMinutes: 0.01,
      ...given,
      inputs: { ...other.inputs, ...given.inputs },
      commentsOn: api,
      environment: {
        ...Object.fromEntries(proxyVariables.map((name, index) => [name, urlOf(passwords[index] ?? '')])),
        NO_PROXY: '127.0.0.1',
        ...inVariables,
        DEPLOY_SECRET: pem.join('\n'),
        AWS_CONTAINER_CREDENTIALS_FULL_URI: urlOf(containerPassword),
        ...request,
        ...session,
        ...refused,
        ...other.environment,
        ...given.environment,
      },
      secrets,
    })

    const comments = api.comments.map(({ body }) => body).join('\n')
    const shown = [...[...step.errors, ...step.warnings].map(({ message }) => message), ...step.log]
    const said = [...shown, step.outputs['results']].join('\n')
    expect(said).toMatch(usesProxies ? shows : /runner to version 2\.328\.0/)
    expect(step.complaints.filter((complaint) => complaint !== 'there is no summary')).toEqual([])
    expect(
      leaksIn({ 'the results file': step.resultsFile, 'the comment': comments }, [...secrets, ...simulator.secrets]),
    ).toEqual([])
  },
)

/** A text as it is, percent-encoded, in Base64, and in lines. */
function spellings(...texts: string[]): string {
  const all = texts.join(' ')
  return [
    all,
    encodeURIComponent(all),
    ...all.split(/[\s=,&]+/).map((word) => Buffer.from(word).toString('base64')),
  ].join(' | ')
}
