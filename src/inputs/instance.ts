import { type Environment, inputOf, mismatch, quote } from './input.ts'
import { type Parsed, right, wrong } from './parsed.ts'

// From the service model of sso-admin 2020-07-20.
const instanceArnFormat = /^arn:aws(-[a-z]{1,5}){0,3}:sso:::instance\/(sso)?ins-[a-zA-Z0-9-.]{16}$/
/** A Region's code, as in `eu-central-1`. */
export const regionFormat = /^[a-z]{2,}(-[a-z]+)+-\d+$/

export function parseInstanceArn(environment: Environment): Parsed<string> {
  const value = inputOf(environment, 'instance-arn')
  if (value === '') {
    return wrong(
      "Input 'instance-arn' is required, but is blank. Give the ARN of the Identity Center instance, as in " +
        'arn:aws:sso:::instance/ssoins-1234567890abcdef (`aws sso-admin list-instances` shows it). ' +
        'If it comes from an output, variable or secret, that name may be misspelt.',
    )
  }
  if (/:permissionSet\//.test(value)) {
    return wrong(
      mismatch(
        'instance-arn',
        value,
        'that is the ARN of a permission set; the ARN of the instance is needed, as in arn:aws:sso:::instance/ssoins-1234567890abcdef.',
      ),
    )
  }
  return instanceArnFormat.test(value)
    ? right(value)
    : wrong(mismatch('instance-arn', value, 'it must look like arn:aws:sso:::instance/ssoins-1234567890abcdef.'))
}

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
  if (!regionFormat.test(value)) {
    return wrong(`${label} is ${quote(value)}, but it must be a Region's code, as in eu-central-1.`)
  }
  if (instanceArn.ok && isOfAnotherPartition(value, instanceArn.value)) {
    return wrong(
      `${label} is ${quote(value)}, but the instance is in partition '${partitionOf(instanceArn.value)}', which has no such Region. Check 'instance-arn' and 'aws-region'.`,
    )
  }
  return right(value)
}

/** Whether a Region is in another partition than the instance. It checks only partitions whose Regions have a known prefix. */
function isOfAnotherPartition(region: string, instanceArn: string): boolean {
  const partition = partitionOf(instanceArn)
  const ofRegion = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return ['aws', 'aws-cn', 'aws-us-gov'].includes(partition) && partition !== ofRegion && !/iso/.test(region)
}

function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? ''
}
