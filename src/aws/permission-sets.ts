import { permissionSetArnFormat } from '../inputs/instance.ts'

/** The console of each partition that is known to have one. */
const consoleHosts: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

/**
 * The page of a permission set in the AWS console; `null` if its partition has no known console, or the ARN is not that of a permission
 * set.
 */
export function consoleUrlOf(arn: string, region: string): string | null {
  const [, partition = '', , instanceId, permissionSetId] = permissionSetArnFormat.exec(arn) ?? []
  const host = consoleHosts[partition]
  if (host === undefined) return null
  return `https://${region}.${host}/singlesignon/home?region=${region}#/instances/${instanceId}/permission-sets/details/${permissionSetId}`
}
