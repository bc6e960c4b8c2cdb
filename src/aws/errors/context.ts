import type { Secrets } from '../../secrets.ts'

/** What the class of an error and its texts depend on, apart from the error. */
export interface ErrorContext {
  /** The IAM action of the call that failed, as in `sso:DescribePermissionSetProvisioningStatus`. */
  readonly action: string
  readonly instanceArn: string
  readonly region: string
  /** Host and port of the proxy that the environment names; `null` if it names no proxy. */
  readonly proxy: string | null
  readonly wording: Wording
  readonly secrets: Secrets
}

/** Which program speaks. On a command line, remedies are others than in a job on GitHub, and inputs are options. */
export interface Wording {
  readonly program: 'action' | 'command'
  /** A text of our own in the words of the program. */
  own(text: string): string
}

export const ofTheAction: Wording = { program: 'action', own: String }
