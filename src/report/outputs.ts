import { consoleUrlOf } from '../aws/permission-sets.ts'
import type { OutputName } from '../plain-report.ts'
import { type RequestState, statusOf } from '../wait/state/request-state.ts'
import { countedOf, decisiveFailuresOf, isReadFailure } from './selection.ts'
import type { Story } from './story.ts'

/**
 * Of more requests, the output `results` is an empty array, and only the file has them: the outputs of a job have 1 MB together
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs).
 */
const maxResults = 1_000
const maxResultsBytes = 256 * 1_024
/** A limit of our own for the reasons: what is longer is in the file. */
const maxReasonBytes = 64 * 1_024

/** Every output by its name in `action.yml`, in the order of that file. AWS's text is in them verbatim. */
const outputs: Readonly<Record<OutputName, (story: Story, resultsFile: string) => string>> = {
  verdict: ({ verdict }) => verdict,
  status: statusOfAll,
  'failure-reason': failureReasons,
  'created-date': earliestDate,
  'permission-set-arn': permissionSetArn,
  'account-id': ({ requests }) => shared(requests.map((request) => request.details.accountId)),
  'accounts-behind': ({ accountsOutOfDate }) => JSON.stringify(accountsOutOfDate),
  'console-url': (story) => consoleUrlOf(permissionSetArn(story), story.region) ?? '',
  'elapsed-seconds': ({ elapsedMs }) => (elapsedMs / 1_000).toFixed(3),
  results: shortResults,
  'results-file': (_, resultsFile) => resultsFile,
}

/**
 * The values of all outputs.
 *
 * @param resultsFile the path of the file with all results; blank if it could not be written
 */
export function outputsOf(story: Story, resultsFile: string): Record<string, string> {
  return Object.fromEntries(Object.entries(outputs).map(([name, valueIn]) => [name, valueIn(story, resultsFile)]))
}

/** The results of all requests, as a JSON array in the order given. */
export function resultsOf({ errors, requests }: Story): string {
  const results = requests.map((request) => {
    const { requestId, operation } = request.key
    const { createdDate, permissionSetArn, accountId, principalId, principalType } = request.details
    return {
      requestId,
      operation,
      status: statusOf(request),
      failureReason: failureReasonOf(request),
      createdDate: createdDate?.toISOString() ?? null,
      permissionSetArn,
      accountId,
      principalId,
      principalType,
      error: errors.get(request) ?? null,
    }
  })
  return JSON.stringify(results)
}

function shortResults(story: Story): string {
  // Those of 10,000 requests would take 10 MB, for nothing.
  if (story.requests.length > maxResults) return '[]'
  const results = resultsOf(story)
  return Buffer.byteLength(results) > maxResultsBytes ? '[]' : results
}

/** FAILED if any is, else IN_PROGRESS if any is, else SUCCEEDED if all are, else empty. */
function statusOfAll(story: Story): string {
  const requests = countedOf(story)
  const known = new Set(requests.map(statusOf))
  if (known.has('FAILED')) return 'FAILED'
  if (known.has('IN_PROGRESS')) return 'IN_PROGRESS'
  return requests.length > 0 && !known.has(null) ? 'SUCCEEDED' : ''
}

/** AWS's reason; of several requests, one line each: `<request id>: <reason>`. Empty if no request failed. */
function failureReasons(story: Story): string {
  const isOnly = countedOf(story).length === 1
  const lines = decisiveFailuresOf(story).map(
    (request) => `${isOnly ? '' : `${request.key.requestId}: `}${failureReasonOf(request) ?? ''}`,
  )
  const text = lines.join('\n')
  const bytes = Buffer.from(text)
  if (bytes.length <= maxReasonBytes) return text
  // Whole lines, or as much of a single one as there is room for, cut within no character.
  const cut = bytes.toString('utf8', 0, maxReasonBytes).replace(/\ufffd$/, '')
  return lines.length > 1 && cut.includes('\n') ? cut.slice(0, cut.lastIndexOf('\n')) : cut
}

function failureReasonOf(request: RequestState): string | null {
  return isReadFailure(request) ? request.failureReason : null
}

/** The permission set that all requests are about, and that was to be rolled out; empty if there are several. */
function permissionSetArn({ permissionSets, requests }: Story): string {
  const arns = requests.map((request) => request.details.permissionSetArn)
  return shared([...arns, ...permissionSets.map(({ arn }) => arn)])
}

/** The earliest date of creation that is known. */
function earliestDate({ requests }: Story): string {
  const dates = requests.flatMap((request) => request.details.createdDate ?? [])
  return dates.sort((a, b) => a.getTime() - b.getTime())[0]?.toISOString() ?? ''
}

/** The value that all have; empty if they differ, or if one has none. */
function shared(all: readonly (string | null)[]): string {
  const [value = null, ...others] = new Set(all)
  return others.length === 0 ? (value ?? '') : ''
}
