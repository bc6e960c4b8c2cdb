/** What is often given by mistake, and what to give instead. */
export const hints = {
  upperCase: ' This one only needs to be in lower case.',
  inString: ' This is JSON inside a JSON string; make JSON of it only once.',
  nothing: ' Where --query or jq finds nothing, they print that; give the whole answer.',
  list: " This is AWS's list of requests, with those of others; give the RequestIds that you wait for.",
  events:
    " This is a list of CloudTrail's events; give the events that you wait for, as with --query 'Events[].CloudTrailEvent' --output text.",
  noRequest: ' It is an event of CloudTrail, but the call of this event started no request.',
  permissionSets: " This holds permission sets; give it in 'permission-set-arn'.",
  other: ' aws sso-admin provision-permission-set … --output json prints one.',
  narrowed: ' It has a RequestId, but not its operation: give the whole answer, without --query.',
} as const

interface WordHint {
  readonly sign: RegExp
  readonly hint: string
  /** Whether the word shows why those beside it are wrong: they are parts of the same thing. */
  readonly explainsOthers?: true
}

/** Hints about a word or a string that is not a request ID. The first sign that fits counts. */
const wordHints: readonly WordHint[] = [
  { sign: /^arn:.*:permissionSet\//, hint: hints.permissionSets },
  { sign: /^arn:/, hint: ' This is an ARN; the request ID is what ProvisionPermissionSet returned as RequestId.' },
  { sign: /^(none|null|undefined|nil)$/i, hint: hints.nothing },
  { sign: /^[{["]/, hint: hints.inString },
  { sign: /^'/, hint: ' JSON needs double quotes.', explainsOthers: true },
  // As botocore words it: "An error occurred (ConflictException) when calling the ProvisionPermissionSet operation: …".
  {
    sign: /^\(\w+Exception\)$/,
    hint: " This is an error of the AWS CLI; let the step fail when its call fails ('set -e').",
    explainsOthers: true,
  },
  {
    sign: /^(RequestId|CreatedDate|FailureReason|PermissionSetArn)$/,
    hint: ' PowerShell prints objects so for people; let ConvertTo-Json print it.',
    explainsOthers: true,
  },
  // A table of the CLI, YAML, the CLI's text, and what languages print of an SDK's object.
  {
    sign: /^[-+|]{3,}$|(permission_?set_?provisioning|account_?assignment_?(creation|deletion))_?status/i,
    hint: ' This is an answer in another format; use --output json.',
    explainsOthers: true,
  },
]

/** The hint about a wrong word; blank if there is none. */
export function hintAboutWord(word: string): Pick<WordHint, 'hint' | 'explainsOthers'> {
  return wordHints.find(({ sign }) => sign.test(word)) ?? { hint: '' }
}

/** A hint about a text that begins like JSON, but is not valid. */
export function hintAboutJson(text: string): string {
  if (/^\{\s*"[^"]*" = /.test(text)) return ' Terraform prints this for people; use terraform output -json.'
  if (/^[[{\s]*'/.test(text)) return ' Python prints single quotes; print json.dumps(answer, default=str).'
  if (text.includes('"')) return ''
  return text.includes("'") || text.startsWith('[object')
    ? ' JSON needs double quotes; in JavaScript, print JSON.stringify(answer).'
    : ' A shell removes double quotes that are not quoted themselves.'
}
