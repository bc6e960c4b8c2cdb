import { DescribePermissionSetCommand } from '@aws-sdk/client-sso-admin'
import type { IdentityCenter } from './identity-center.ts'

// Formats from the service model of sso-admin 2020-07-20.
const arnFormat = /^arn:(aws[a-z-]*):sso:::permissionSet\/((?:sso)?ins-([a-zA-Z0-9-.]{16}))\/(ps-[a-zA-Z0-9-./]{16})$/
const nameFormat = /^[\w+=,.@-]{1,32}$/

/** Names cost a call each; of more permission sets than this, the rest keep their ARNs. */
const maxNames = 50

/** The console of each partition that is known to have one. */
const consoleHosts: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
}

/** The names of permission sets, by ARN. Looked up once each as soon as an ARN is known, and never needed for a verdict. */
export class PermissionSetNames {
  readonly #identityCenter: IdentityCenter
  readonly #signal: AbortSignal
  readonly #onNamed: (name: string, arn: string) => void
  readonly #lookups = new Map<string, Promise<void>>()
  readonly #names = new Map<string, string>()

  /** Lookups end when the signal is aborted. `onNamed` is told of each name as it is learnt. */
  constructor(identityCenter: IdentityCenter, signal: AbortSignal, onNamed: (name: string, arn: string) => void) {
    this.#identityCenter = identityCenter
    this.#signal = signal
    this.#onNamed = onNamed
  }

  /** Names learnt so far. */
  get known(): ReadonlyMap<string, string> {
    return this.#names
  }

  lookUp(arn: string | null): void {
    if (arn !== null && !this.#lookups.has(arn) && this.#lookups.size < maxNames) this.#lookups.set(arn, this.#ask(arn))
  }

  /** Resolves when all that is being looked up is known or cannot be. */
  async settled(): Promise<void> {
    await Promise.all(this.#lookups.values())
  }

  async #ask(arn: string): Promise<void> {
    const { instanceArn } = this.#identityCenter
    const answer = await this.#identityCenter.optional(
      'sso:DescribePermissionSet',
      this.#signal,
      (client, abortSignal) =>
        client.send(new DescribePermissionSetCommand({ InstanceArn: instanceArn, PermissionSetArn: arn }), {
          abortSignal,
        }),
    )
    const name = answer?.PermissionSet?.Name
    if (typeof name === 'string' && nameFormat.test(name)) {
      this.#names.set(arn, name)
      this.#onNamed(name, arn)
    }
  }
}

/**
 * Where a person finds the permission set in the AWS console; `null` where the partition is not known to have one, or the ARN is not
 * one.
 */
export function consoleUrlOf(arn: string, region: string): string | null {
  const [, partition = '', , instanceId, permissionSetId] = arnFormat.exec(arn) ?? []
  const host = consoleHosts[partition]
  if (host === undefined) return null
  return `https://${region}.${host}/singlesignon/home?region=${region}#/instances/${instanceId}/permission-sets/details/${permissionSetId}`
}
