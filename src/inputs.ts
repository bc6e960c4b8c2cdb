import { type OperationName, operationNames } from './request.ts'

export const commentModes = ['never', 'on-failure', 'always'] as const
export type CommentMode = (typeof commentModes)[number]

/** Present when the action itself is to assume a role with the job's OIDC token. */
export interface RoleToAssume {
  readonly roleArn: string
  readonly sessionName: string
  readonly durationSeconds: number
  readonly audience: string
}

/** Everything that a workflow author can set, checked and typed. */
export interface Inputs {
  readonly instanceArn: string
  /** In the order given, without repeats. Empty when the deploy changed nothing. */
  readonly requestIds: readonly string[]
  readonly operation: OperationName
  readonly region: string
  /** `null`: use the ambient credential chain. */
  readonly role: RoleToAssume | null
  readonly timeoutMs: number
  /** `null`: the adaptive cadence. */
  readonly pollIntervalMs: number | null
  readonly wait: boolean
  readonly commentMode: CommentMode
  readonly githubToken: string
}

/** One thing wrong with one input, in words that name the input, the value and the way out. */
export type Problem = string

export type InputsResult =
  | { readonly ok: true; readonly inputs: Inputs }
  | { readonly ok: false; readonly problems: readonly Problem[] }

type Environment = Readonly<Record<string, string | undefined>>

const maxRequests = 1_000

// Formats from the service model of sso-admin 2020-07-20 and the IAM and STS API references.
const instanceArnFormat = /^arn:aws(-[a-z]{1,5}){0,3}:sso:::instance\/(sso)?ins-[a-zA-Z0-9-.]{16}$/
const requestIdFormat = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** A Region's code, as in `eu-central-1`. */
export const regionFormat = /^[a-z]{2,}(-[a-z]+)+-\d+$/
const roleArnFormat = /^arn:aws(-[a-z]{1,5}){0,3}:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/
const sessionNameFormat = /^[\w+=,.@-]{2,64}$/

/**
 * Reads and checks every input before anything is asked of AWS.
 *
 * Inputs arrive as the runner passes them: `INPUT_` and the name in upper case, hyphens kept
 * (https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#inputs). A blank input counts as not given.
 *
 * @returns the inputs, or all problems together. Never throws.
 */
export function readInputs(environment: Environment): InputsResult {
  const problems: Problem[] = []
  const read = reader(environment, problems)

  const instanceArn = read.instanceArn()
  const requestIds = read.requestIds()
  const region = read.region(instanceArn)
  const inputs: Inputs = {
    instanceArn,
    requestIds,
    operation: read.choice('operation', operationNames, 'provision-permission-set'),
    region,
    role: read.role(),
    timeoutMs: read.number('timeout-minutes', 30, { above: 0, max: 7_200, unit: 'minutes' }) * 60_000,
    pollIntervalMs: read.optionalNumber('poll-interval-seconds', { min: 0.5, max: 300, unit: 'seconds' }, 1_000),
    wait: read.boolean('wait', true),
    commentMode: read.choice('pull-request-comment', commentModes, 'never'),
    githubToken: read.raw('github-token'),
  }
  read.proxies()
  return problems.length === 0 ? { ok: true, inputs } : { ok: false, problems }
}

interface Range {
  readonly above?: number
  readonly min?: number
  readonly max: number
  readonly unit: string
  readonly whole?: boolean
}

/** One method for each kind of input; each notes what is wrong and returns a stand-in, so that all problems are found at once. */
function reader(environment: Environment, problems: Problem[]) {
  const raw = (name: string) => environment[`INPUT_${name.toUpperCase()}`]?.trim() ?? ''
  const wrong = (name: string, value: string, expected: string) => {
    problems.push(`Input '${name}' is ${quote(value)}, but ${expected}`)
  }

  function instanceArn(): string {
    const value = raw('instance-arn')
    if (value === '') {
      problems.push(
        "Input 'instance-arn' is required, but is blank. Give the ARN of the Identity Center instance, as in " +
          'arn:aws:sso:::instance/ssoins-1234567890abcdef (`aws sso-admin list-instances` shows it). ' +
          'Where it comes from an output, variable or secret, that name may be misspelt.',
      )
    } else if (/:permissionSet\//.test(value)) {
      wrong(
        'instance-arn',
        value,
        'that is the ARN of a permission set; the ARN of the instance is needed, as in arn:aws:sso:::instance/ssoins-1234567890abcdef.',
      )
    } else if (!instanceArnFormat.test(value)) {
      wrong('instance-arn', value, 'it must look like arn:aws:sso:::instance/ssoins-1234567890abcdef.')
    }
    return value
  }

  function requestIds(): string[] {
    const value = raw('request-id')
    if (value === '') {
      problems.push(
        "Input 'request-id' is required, but is blank. Usually the step or job output that it comes from is misspelt or was never set. " +
          'Give the request ID that ProvisionPermissionSet returned, several of them, or [] when the deploy changed nothing.',
      )
      return []
    }
    const given = value.startsWith('[') ? parseJsonArray(value) : value.split(/[\s,]+/).filter((id) => id !== '')
    if (given === null) {
      wrong('request-id', value, 'what starts with [ must be a JSON array of strings, as in ["…", "…"].')
      return []
    }
    if (given.length === 0 && !value.startsWith('[')) {
      wrong('request-id', value, 'it holds no request ID. For "nothing to wait for", give [].')
    }
    const malformed = given.filter((id) => !requestIdFormat.test(id))
    for (const id of malformed.slice(0, 5)) {
      wrong(
        'request-id',
        id,
        `a request ID is a UUID in lower case, as in 5a1b2c3d-0123-4567-89ab-0123456789ab.${whatItLooksLike(id)}`,
      )
    }
    if (malformed.length > 5) {
      problems.push(
        `Input 'request-id' holds ${malformed.length - 5} more request IDs that are not UUIDs in lower case.`,
      )
    }
    const ids = [...new Set(given)]
    if (ids.length > maxRequests) {
      problems.push(
        `Input 'request-id' holds ${ids.length} request IDs, but at most ${maxRequests} can be waited for at once. Split them over several steps.`,
      )
    }
    return ids
  }

  function region(instanceArn: string): string {
    const source = ['INPUT_AWS-REGION', 'AWS_REGION', 'AWS_DEFAULT_REGION'].find((name) => environment[name]?.trim())
    if (source === undefined) {
      problems.push(
        "Input 'aws-region' is blank, and so are AWS_REGION and AWS_DEFAULT_REGION. Give the instance's primary Region " +
          '(its ARN does not hold it), or set it with aws-actions/configure-aws-credentials in an earlier step.',
      )
      return ''
    }
    const value = environment[source]?.trim() ?? ''
    const label = source.startsWith('INPUT_')
      ? "Input 'aws-region'"
      : `${source}, which stands in for input 'aws-region',`
    if (!regionFormat.test(value)) {
      problems.push(`${label} is ${quote(value)}, but it must be a Region's code, as in eu-central-1.`)
    } else if (instanceArnFormat.test(instanceArn) && partitionMismatch(instanceArn, value)) {
      problems.push(
        `${label} is ${quote(value)}, but the instance is in partition '${partitionOf(instanceArn)}', which has no such Region. Check 'instance-arn' and 'aws-region'.`,
      )
    }
    return value
  }

  function role(): RoleToAssume | null {
    const roleArn = raw('role-to-assume')
    const sessionName = raw('role-session-name') || defaultSessionName(environment)
    const durationSeconds = number('role-duration-seconds', 3_600, {
      min: 900,
      max: 43_200,
      unit: 'seconds',
      whole: true,
    })
    if (!sessionNameFormat.test(sessionName)) {
      wrong('role-session-name', sessionName, 'it must be 2 to 64 letters, digits or _+=,.@- characters.')
    }
    if (roleArn === '') return null
    if (!roleArnFormat.test(roleArn)) {
      wrong('role-to-assume', roleArn, "it must be a role's ARN, as in arn:aws:iam::111122223333:role/deploy.")
    }
    return { roleArn, sessionName, durationSeconds, audience: raw('audience') || 'sts.amazonaws.com' }
  }

  function number(name: string, fallback: number, range: Range): number {
    return optionalNumber(name, range, 1) ?? fallback
  }

  function optionalNumber(name: string, range: Range, factor: number): number | null {
    const value = raw(name)
    if (value === '') return null
    const parsed = Number(value)
    const format = range.whole ? /^\d{1,9}$/ : /^\d{1,9}(\.\d{1,9})?$/
    const above = range.above ?? Number.NEGATIVE_INFINITY
    const min = range.min ?? Number.NEGATIVE_INFINITY
    if (!format.test(value) || parsed <= above || parsed < min || parsed > range.max) {
      const low = range.above === undefined ? `from ${range.min}` : `above ${range.above}`
      const kind = range.whole ? 'a whole number' : 'a number'
      wrong(name, value, `it must be ${kind} of ${range.unit} ${low} up to ${range.max}, in plain digits.`)
    }
    return parsed * factor
  }

  function boolean(name: string, fallback: boolean): boolean {
    const value = raw(name)
    // The spellings of YAML 1.2's core schema, which is what core.getBooleanInput accepts.
    if (/^(true|True|TRUE)$/.test(value)) return true
    if (/^(false|False|FALSE)$/.test(value)) return false
    if (value !== '') wrong(name, value, 'it must be true or false.')
    return fallback
  }

  function choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = raw(name)
    if (value === '') return fallback
    const chosen = choices.find((choice) => choice === value)
    if (chosen === undefined) wrong(name, value, `it must be one of ${choices.join(', ')}.`)
    return chosen ?? fallback
  }

  /** Node would refuse them with a message that shows the password. */
  function proxies(): void {
    for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) {
      const value = environment[name]
      if (!value || /^https?:$/.test(URL.parse(value)?.protocol ?? '')) continue
      problems.push(
        `The environment variable ${name} does not hold the URL of a proxy, as in http://proxy.example.com:3128. ` +
          'Its value is not shown, since it may hold a password, whose special characters must be percent-encoded.',
      )
    }
  }

  return { raw, proxies, instanceArn, requestIds, region, role, number, optionalNumber, boolean, choice }
}

function parseJsonArray(text: string): string[] | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')
      ? parsed.map((id) => id.trim())
      : null
  } catch {
    return null
  }
}

function whatItLooksLike(id: string): string {
  if (requestIdFormat.test(id.toLowerCase())) return ' This one only needs to be in lower case.'
  if (id.startsWith('arn:'))
    return ' This is an ARN; the request ID is what ProvisionPermissionSet returned as RequestId.'
  if (/^["'{]/.test(id))
    return ' Several IDs in JSON must be an array of strings; a whole answer of the AWS CLI must be narrowed to its RequestId (--query).'
  return ''
}

/** `github-<run id>-<run attempt>`; a run outside of GitHub Actions has neither. */
function defaultSessionName(environment: Environment): string {
  return `github-${environment['GITHUB_RUN_ID'] || 'local'}-${environment['GITHUB_RUN_ATTEMPT'] || '1'}`
}

function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? ''
}

/** Only the partitions whose Regions are told apart by a prefix; of others nothing is assumed. */
function partitionMismatch(instanceArn: string, region: string): boolean {
  const partition = partitionOf(instanceArn)
  const ofRegion = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return ['aws', 'aws-cn', 'aws-us-gov'].includes(partition) && partition !== ofRegion && !/iso/.test(region)
}

/** The value as a person can read it in one line of the log, whatever it holds. */
function quote(value: string): string {
  return value.length > 200
    ? `${JSON.stringify(value.slice(0, 200))}… (${value.length} characters)`
    : JSON.stringify(value)
}
