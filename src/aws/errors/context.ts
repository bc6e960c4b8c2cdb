import type { Secrets } from '../../secrets.ts'

/** What the class of an error and its texts depend on, apart from the error. */
export interface ErrorContext {
  /** The IAM action of the call that failed, as in `sso:DescribePermissionSetProvisioningStatus`. */
  readonly action: string
  readonly instanceArn: string
  readonly region: string
  /** Host and port of the proxy that the environment names; `null` if it names no proxy. */
  readonly proxy: string | null
  /** Whether the action assumed a role itself, or uses the credentials it found. */
  readonly credentials: 'role' | 'ambient'
  /** Which program it is: the remedy is another one on a command line than in a job on GitHub. */
  readonly place: 'action' | 'command'
  readonly secrets: Secrets
}
