import { inputOptions } from '../inputs/table.ts'

const programName = 'wait-for-permission-set-provisioning'

const others: readonly (readonly [string, string])[] = [
  ['output FORMAT', 'the result on standard output: json, markdown or text'],
  ['summary-file PATH', 'also append the summary, in Markdown, to this file'],
  ['progress plain', 'no live line'],
  ['verbose', 'also log each call to AWS'],
  ['help, --version', ''],
]

/** What `--help` prints. It fits on a screen of 24 lines of 80 characters. */
export function helpText(): string {
  const inputs = [...inputOptions].map(([name, { value, help }]) => [`${name} ${value}`, help] as const)
  const rows = [...inputs, ...others]
  const width = Math.max(...rows.map(([option]) => option.length))
  return [
    'Waits until IAM Identity Center has finished provisioning. It only reads.',
    '',
    `  aws sso-admin … | npx ${programName}`,
    `  npx ${programName} --permission-set-arn ARN`,
    `  npx ${programName} --until idle --instance-arn ARN`,
    '',
    ...rows.map(([option, help]) => `--${option.padEnd(width)}  ${help}`.trimEnd()),
    'Exit status: 0 done, 1 failed, 2 wrong options, 3 accounts stay out of date,',
    '4 time is up, 5 could not be read, 130 or 143 after a signal.',
    '',
  ].join('\n')
}
