/** An input as an option of the command. */
export interface Option {
  /** What stands for the value in the help. */
  readonly value: string
  /** A few words for the help, in lower case. */
  readonly help: string
  /** Whether the option may be given several times. The input then holds all values. */
  readonly isList?: true
}

/**
 * Every input, in the order of action.yml, with its option of the command. `null`: it is about GitHub, and the command does not have it. The
 * role among them is assumed with the token of a job on GitHub.
 *
 * A new input is a row here, and so an option and a line of the help.
 */
export const inputTable = {
  'instance-arn': { value: 'ARN', help: 'the instance, where nothing else says which it is' },
  'request-id': { value: 'ID', help: "IDs of requests, or AWS's answers", isList: true },
  'request-file': { value: 'PATH', help: 'a file with the same; - is standard input' },
  'permission-set-arn': { value: 'ARN', help: 'permission sets, or JSON with their ARNs, or all', isList: true },
  'ignore-accounts': { value: 'ID', help: 'accounts that do not count as out of date', isList: true },
  until: { value: 'GOAL', help: 'finished, rolled-out or idle' },
  operation: { value: 'NAME', help: 'the API of bare IDs: create-account-assignment …' },
  'aws-region': { value: 'REGION', help: "the instance's primary Region (AWS_REGION)" },
  'role-to-assume': null,
  'role-session-name': null,
  'role-duration-seconds': null,
  audience: null,
  'timeout-minutes': { value: 'N', help: 'the longest time to wait (30)' },
  'poll-interval-seconds': { value: 'N', help: 'a fixed time between looks (adaptive)' },
  wait: { value: 'false', help: 'look once and return' },
  'pull-request-comment': null,
  'github-token': null,
  'comment-key': null,
} as const satisfies Readonly<Record<string, Option | null>>

export type InputName = keyof typeof inputTable

/** The options that set inputs, by their names. */
export const inputOptions: ReadonlyMap<string, Option> = new Map(
  Object.entries<Option | null>(inputTable).flatMap(([name, option]) => (option === null ? [] : [[name, option]])),
)
