import { consoleUrlOf } from '../aws/permission-sets.ts'
import type { OutputName } from '../plain-report.ts'
import { detailsOf, type RequestState, statusOf } from '../wait/state/request-state.ts'
import { errorOf, isReadFailure } from './causes.ts'
import type { Outcome } from './outcome.ts'
import { countedOf, everyAccountOutOfDate } from './selection.ts'

/**
 * Of more requests, the output `results` is an empty array, and only the file has them: the outputs of a job have 1 MB together
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs).
 */
const maxResults = 1_000
const maxResultsBytes = 256 * 1_024
/** A limit of our own for the reasons: what is longer is in the file. */
const maxReasonBytes = 64 * 1_024

/** Every output by its name in `action.yml`, in the order of that file. AWS's text is in them verbatim. */
const outputs: Readonly<Record<OutputName, (outcome: Outcome, resultsFile: string) => string>> = {
  verdict: ({ verdict }) => verdict,
  status: statusOfAll,
  'failure-reason': failureReasons,
  'created-date': earliestDate,
  'permission-set-arn': permissionSetArn,
  'account-id': ({ requests }) => shared(requests, (request) => detailsOf(request).accountId),
  'accounts-behind': (outcome) => JSON.stringify(everyAccountOutOfDate(outcome)),
  'console-url': (outcome) => consoleUrlOf(permissionSetArn(outcome), outcome.region) ?? '',
  'elapsed-seconds': ({ elapsedMs }) => (elapsedMs / 1_000).toFixed(3),
  results: (outcome) => (isTooLong(outcome) ? '[]' : resultsOf(outcome)),
  'results-file': (_, resultsFile) => resultsFile,
}

/**
 * The values of all outputs.
 *
 * @param resultsFile the path of the file with all results; blank if it could not be written
 */
export function outputsOf(outcome: Outcome, resultsFile: string): Record<string, string> {
  return Object.fromEntries(Object.entries(outputs).map(([name, valueIn]) => [name, valueIn(outcome, resultsFile)]))
}

/** The results of all requests, as a JSON array in the order given. */
export function resultsOf(outcome: Outcome): string {
  return JSON.stringify(outcome.requests.map((request) => resultOf(request, outcome)))
}

/** Whether the results are too many, or too long, for the output. */
export function isTooLong(outcome: Outcome): boolean {
  return outcome.requests.length > maxResults || Buffer.byteLength(resultsOf(outcome)) > maxResultsBytes
}

/** FAILED if any is, else IN_PROGRESS if any is, else SUCCEEDED if all are, else empty. */
function statusOfAll(outcome: Outcome): string {
  const requests = countedOf(outcome)
  const known = new Set(requests.map(statusOf))
  if (known.has('FAILED')) return 'FAILED'
  if (known.has('IN_PROGRESS')) return 'IN_PROGRESS'
  return requests.length > 0 && !known.has(null) ? 'SUCCEEDED' : ''
}

/** AWS's reason; of several requests, one line each: `<request id>: <reason>`. Empty if no request failed. */
function failureReasons(outcome: Outcome): string {
  const counted = countedOf(outcome)
  const failed = counted.filter((request) => statusOf(request) === 'FAILED')
  if (counted.length === 1) return within(failed.map((request) => failureReasonOf(request) ?? ''))
  return within(failed.map((request) => `${request.key.requestId}: ${failureReasonOf(request) ?? ''}`))
}

/** As many of the lines as the output may hold, and the first of them in any case, cut within no character. */
function within(lines: readonly string[]): string {
  const text = lines.join('\n')
  const bytes = Buffer.from(text)
  if (bytes.length <= maxReasonBytes) return text
  const cut = bytes
    .subarray(0, maxReasonBytes)
    .toString()
    .replace(/\ufffd$/, '')
  return lines.length > 1 && cut.includes('\n') ? cut.slice(0, cut.lastIndexOf('\n')) : cut
}

function failureReasonOf(request: RequestState): string | null {
  return isReadFailure(request) ? request.failureReason : null
}

/** The permission set that all requests are about, and that was to be rolled out; empty if there are several. */
function permissionSetArn({ permissionSets, requests }: Outcome): string {
  const arns = requests.map((request) => detailsOf(request).permissionSetArn)
  const [only = null, ...others] = new Set([...arns, ...permissionSets.map(({ arn }) => arn)])
  return others.length === 0 ? (only ?? '') : ''
}

/** The earliest date of creation that is known. */
function earliestDate({ requests }: Outcome): string {
  const dates = requests.flatMap((request) => detailsOf(request).createdDate ?? [])
  return (
    dates.reduce<Date | null>((first, date) => (first !== null && first <= date ? first : date), null)?.toISOString() ??
    ''
  )
}

/** The value that all requests share; empty if they differ, or if one has no value. */
function shared(requests: readonly RequestState[], read: (request: RequestState) => string | null): string {
  const [value = null, ...others] = new Set(requests.map(read))
  return others.length === 0 ? (value ?? '') : ''
}

function resultOf(request: RequestState, outcome: Outcome) {
  const { createdDate, permissionSetArn, accountId, principalId, principalType } = detailsOf(request)
  return {
    requestId: request.key.requestId,
    operation: request.key.operation,
    status: statusOf(request),
    failureReason: failureReasonOf(request),
    createdDate: createdDate?.toISOString() ?? null,
    permissionSetArn,
    accountId,
    principalId,
    principalType,
    error: errorOf(request, outcome),
  }
}
