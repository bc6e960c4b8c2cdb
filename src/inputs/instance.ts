import { type Environment, inputOf, quote, wrongValue } from './input.ts'
import { type Parsed, right, wrong } from './parsed.ts'

// From the service model of sso-admin 2020-07-20.
export const instanceArnFormat = /^arn:aws(-[a-z]{1,5}){0,3}:sso:::instance\/(sso)?ins-[a-zA-Z0-9-.]{16}$/
/** With its partition, and the instance with and without its prefix. */
export const permissionSetArnFormat =
  /^arn:(aws(?:-[a-z]{1,5}){0,3}):sso:::permissionSet\/((?:sso)?ins-([a-zA-Z0-9-.]{16}))\/(ps-[a-zA-Z0-9-./]{16})$/
/** A Region's code, as in `eu-central-1`. */
export const regionFormat = /^[a-z]{2,}(-[a-z]+)+-\d+$/

/** The ARN of an instance, and the input that says it. */
export interface NamedInstance {
  readonly input: string
  readonly arn: string
}

/** The ARN of the instance that a permission set is of; `null` if a text is not the ARN of a permission set. */
export function instanceOf(permissionSetArn: string): string | null {
  const [, partition, instance] = permissionSetArnFormat.exec(permissionSetArn) ?? []
  return partition === undefined ? null : `arn:${partition}:sso:::instance/${instance}`
}

/**
 * The one instance that the step is about.
 *
 * @param sources what else can say it. If one of them is wrong, a missing instance is no further problem: it may have said it.
 * @param isNeeded whether AWS is to be asked anything
 * @returns blank if it is neither named nor needed
 */
export function parseInstanceArn(
  environment: Environment,
  sources: readonly Parsed<{ readonly instances: readonly NamedInstance[] }>[],
  isNeeded: boolean,
): Parsed<string> {
  const given = inputOf(environment, 'instance-arn')
  if (given !== '' && !instanceArnFormat.test(given)) {
    const expected = /:permissionSet\//.test(given)
      ? 'that is the ARN of a permission set; the ARN of the instance is needed, as in'
      : 'it must look like'
    return wrongValue('instance-arn', given, `${expected} arn:aws:sso:::instance/ssoins-1234567890abcdef.`)
  }
  const [first, ...others] = [
    ...(given === '' ? [] : [{ input: 'instance-arn', arn: given }]),
    ...sources.flatMap((source) => (source.ok ? source.value.instances : [])),
  ]
  if (first === undefined && !isNeeded) return right('')
  if (first === undefined) return sources.every(({ ok }) => ok) ? wrong(missing) : wrong()
  const other = others.find(({ arn }) => arn !== first.arn)
  if (other === undefined) return right(first.arn)
  return wrong(
    `Two instances are named: ${quote(first.arn)} by input '${first.input}', and ${quote(other.arn)} by input '${other.input}'. One step is about one instance. Give each a step of its own, or correct the one that is wrong.`,
  )
}

const missing =
  "Input 'instance-arn' is blank, and nothing else says which instance it is: bare request IDs, 'until: idle' and 'permission-set-arn: all' " +
  "do not; the ARN of a permission set does, and so does an answer of AWS that has one. Give the instance's ARN, as in " +
  'arn:aws:sso:::instance/ssoins-1234567890abcdef (`aws sso-admin list-instances` shows it). ' +
  'If it comes from an output, variable or secret, that name may be misspelt.'

/** The Region of the input or of the environment. It must fit the instance's ARN, if that is valid. */
export function parseRegion(environment: Environment, instanceArn: Parsed<string>): Parsed<string> {
  const source = ['INPUT_AWS-REGION', 'AWS_REGION', 'AWS_DEFAULT_REGION'].find((name) => environment[name]?.trim())
  if (source === undefined) {
    return wrong(
      "Input 'aws-region' is blank, and so are AWS_REGION and AWS_DEFAULT_REGION. Give the instance's primary Region " +
        '(its ARN does not hold it), or set it with aws-actions/configure-aws-credentials in an earlier step.',
    )
  }
  const value = environment[source]?.trim() ?? ''
  const label = source.startsWith('INPUT_') ? "Input 'aws-region'" : `${source}, used in place of input 'aws-region',`
  if (!regionFormat.test(value))
    return wrong(`${label} is ${quote(value)}, but it must be a Region's code, as in eu-central-1.`)
  const [, partition = ''] = instanceArn.ok ? instanceArn.value.split(':') : []
  if (!isOfAnotherPartition(value, partition)) return right(value)
  return wrong(
    `${label} is ${quote(value)}, but the instance is in partition '${partition}', which has no such Region. Check 'instance-arn' and 'aws-region'.`,
  )
}

/** Whether a Region is in another partition than this one. It checks only partitions whose Regions have a known prefix. */
function isOfAnotherPartition(region: string, partition: string): boolean {
  const ofRegion = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return ['aws', 'aws-cn', 'aws-us-gov'].includes(partition) && partition !== ofRegion && !/iso/.test(region)
}
