import { createHash } from 'node:crypto'
import type { RequestDetails } from '../requests/request.ts'

/** The hidden first line of a comment: which step wrote it, what it is about, and in which run. */
export interface Marker {
  /** The same in every run of a step. */
  readonly step: string
  /** The same for the same permission sets, accounts and principals. */
  readonly subject: string
  /** Different in every run, and in every attempt of a run. */
  readonly attempt: string
}

const subjectKeys = ['permissionSetArn', 'accountId', 'principalId'] as const

/** What a request is about, as far as it is known. */
export type Subject = Partial<Pick<RequestDetails, (typeof subjectKeys)[number]>>

export interface MarkerOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly operation: string
  /** Distinguishes jobs of the same name, such as the legs of a matrix. */
  readonly commentKey: string
  readonly subjects: readonly Subject[]
}

// GitHub keeps the line ends of a browser, in which somebody has edited the comment.
const lineFormat = /^<!-- wait-for-permission-set-provisioning (\S*) (\w+) (\S*) -->\r?\n/

// From the service model of sso-admin 2020-07-20. A text in any other form is ignored.
const subjectFormats = {
  permissionSetArn: /^arn:aws[a-z-]*:sso:::permissionSet\/[\w.-]+\/ps-[\w./-]{16}$/,
  accountId: /^\d{12}$/,
  principalId: /^([0-9a-f]{10}-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
}

export function markerOf({ environment, operation, commentKey, subjects }: MarkerOptions): Marker {
  const {
    GITHUB_WORKFLOW: workflow = '',
    GITHUB_JOB: job = '',
    // The step's ID. Without an ID, the runner makes one from the action's name and the step's place among the steps that use the action.
    GITHUB_ACTION: step = '',
    GITHUB_RUN_ID: run = '',
    GITHUB_RUN_ATTEMPT: attempt = '',
  } = environment
  return {
    step: encoded(workflow, job, step, commentKey, operation),
    subject: digestOf(subjects),
    attempt: encoded(run, attempt),
  }
}

/** The marker as a line that GitHub does not show. */
export function lineOf({ step, subject, attempt }: Marker): string {
  return `<!-- wait-for-permission-set-provisioning ${step} ${subject} ${attempt} -->\n`
}

/** The marker of a comment; `null` if it has no marker. */
export function markerIn(body: string): Marker | null {
  const [line, step = '', subject = '', attempt = ''] = lineFormat.exec(body) ?? []
  return line === undefined ? null : { step, subject, attempt }
}

/**
 * The comment to update: the step's comment about the same subject, else one of an earlier run or attempt of the step. If this attempt has
 * written a comment about another subject, that comment belongs to another job with the same marker, and stays as it is.
 */
export function previousOf<T extends { readonly marker: Marker }>(comments: readonly T[], own: Marker): T | undefined {
  const ofTheStep = comments.filter(({ marker }) => marker.step === own.step)
  return (
    ofTheStep.find(({ marker }) => marker.subject === own.subject) ??
    ofTheStep.find(({ marker }) => marker.attempt !== own.attempt)
  )
}

/** Percent-encoded, so that no name can end the HTML comment. */
function encoded(...names: readonly string[]): string {
  return names.map(encodeURIComponent).join('/')
}

function digestOf(subjects: readonly Subject[]): string {
  const lines = subjects.map((subject) =>
    JSON.stringify(subjectKeys.map((key) => (subjectFormats[key].test(subject[key] ?? '') ? subject[key] : null))),
  )
  const text = [...new Set(lines)].sort().join('\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
