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
export function longLivedIdentity(): Identity {
  return {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    sessionToken: undefined,
    expiresMs: Number.POSITIVE_INFINITY,
    arn: 'arn:aws:iam::123456789012:user/simulator',
  }
}

/** Temporary credentials of an assumed role. */
export function temporaryIdentity(roleArn: string, sessionName: string, expiresMs: number): Identity {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(96).toString('base64'),
    expiresMs,
    arn: `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${sessionName}`,
  }
}
