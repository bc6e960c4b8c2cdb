import { SSOAdminServiceException } from '@aws-sdk/client-sso-admin'
import { type ErrorContext, ofTheAction } from '../../../../src/aws/errors/context.ts'
import type { CredentialSource } from '../../../../src/aws/errors/facts.ts'
import { instanceArn, noSecrets } from '../../examples.ts'

export const context: ErrorContext = {
  action: 'sso:DescribePermissionSetProvisioningStatus',
  instanceArn,
  region: 'eu-central-1',
  proxy: null,
  wording: ofTheAction,
  secrets: noSecrets,
}

export const $metadata = { httpStatusCode: 400 }

/** An error of AWS that is not in the API's model, as the SDK throws it. */
export function awsError(
  name: string,
  message = 'no',
  metadata: SSOAdminServiceException['$metadata'] = $metadata,
): SSOAdminServiceException {
  return new SSOAdminServiceException({ name, message, $fault: 'client', $metadata: metadata })
}

/** A system error, as Node throws it. */
export function systemError(code: string, message = `connect ${code} 127.0.0.1:443`): Error {
  return Object.assign(new Error(message), { code, errno: -111, syscall: 'connect' })
}

/** The error of the SDK for an answer that it could not parse. */
export function parseError(httpStatusCode: number): Error {
  const hint =
    'Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.'
  const error = new SyntaxError(`Unexpected token '<', "<html>" is not valid JSON\n  ${hint}`)
  return Object.defineProperty(error, '$response', { value: { statusCode: httpStatusCode } })
}

/** An error of the SDK's credential providers. */
export function providerError(message: string, name = 'CredentialsProviderError'): Error {
  return Object.assign(new Error(message), { name, tryNextLink: true })
}

const roleArn = 'arn:aws:iam::123456789012:role/WaitForProvisioning'

export const sources = {
  token: { kind: 'oidc-token', permitted: true },
  role: { kind: 'role', roleArn, audience: 'sts.amazonaws.com' },
  tokenFile: { kind: 'web-identity', roleArn },
  profile: { kind: 'profile', name: 'deploy' },
  container: { kind: 'container' },
  instance: { kind: 'instance' },
} as const satisfies Record<string, CredentialSource>
