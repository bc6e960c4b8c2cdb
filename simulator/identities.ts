import { randomBytes } from 'node:crypto'

/** Somebody who can sign calls. */
export interface Identity {
  accessKeyId: string
  secretAccessKey: string
  /** Undefined for a long-lived access key. */
  sessionToken: string | undefined
  /** Milliseconds since 1970; Infinity for a long-lived access key. */
  expiresMs: number
  arn: string
}

/** A long-lived access key: the one in AWS's documentation, so that nobody takes it for a leaked one. */
export const longLivedKey = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

/** Whose signatures count, by access key. */
export class Identities extends Map<string, Identity> {
  constructor() {
    super()
    const arn = 'arn:aws:iam::123456789012:user/simulator'
    const lasting = { sessionToken: undefined, expiresMs: Number.POSITIVE_INFINITY, arn }
    this.set(longLivedKey.accessKeyId, { ...longLivedKey, ...lasting })
  }

  /** Adds temporary credentials of an assumed role. */
  assume(roleArn: string, sessionName: string, expiresMs: number) {
    const identity = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      expiresMs,
      arn: `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${sessionName}`,
    }
    this.set(identity.accessKeyId, identity)
    return identity
  }
}
