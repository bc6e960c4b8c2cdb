import { inputOptions } from '../inputs/table.ts'

const names = [...inputOptions.keys()].join('|')

/**
 * What the checks and the report say to the author of a workflow, and what it is on a command line. Earlier rows come first. A test of every
 * error and every verdict finds what is missing here.
 */
const words: readonly (readonly [RegExp, string])[] = [
  // Only a job on GitHub has these.
  [/,? or set it with aws-actions\/configure-aws-credentials in an earlier step/g, ', or set AWS_REGION'],
  [/,? or set 'role-to-assume'/g, ''],
  [/ Or set 'role-to-assume'\./g, ''],
  [/ in the (job|step)'s 'env:'/g, ''],
  [/the step's inputs \('with:'\) in the workflow, then run it again\./g, 'what is wrong, then run the command again.'],
  [/The job was cancelled: by a person[^\n]*/g, 'A signal ended the command: Ctrl-C, or whatever runs it.'],
  [/\bthe step or job output that/g, 'the variable that'],
  [/what the deploy step got/g, 'what the deploy got'],
  [/\bjobs and loops\b/g, 'commands and loops'],
  [/\b(T|t)he job was cancelled\b/g, '$1he command was ended'],
  [/\b(a|the|this|one|One|several) step(s?)\b/g, '$1 command$2'],
  [/\b([Tt])he runner (may read|does not trust)/g, '$1he command $2'],
  [/\b([Tt])he runner/g, '$1his machine'],
  [/\b([Tt])he action\b/g, '$1he command'],
  [/\bWrong input(s?)(?=: )/g, 'Wrong option$1'],
  // Inputs are options.
  [new RegExp(`\\bInput '(${names})' is blank`, 'g'), '--$1 is missing'],
  [new RegExp(`\\b[Ii]nput '(${names})'`, 'g'), "'$1'"],
  [new RegExp(`'(${names}): ([\\w-]+)'`, 'g'), '--$1 $2'],
  [new RegExp(`'(${names})'`, 'g'), '--$1'],
]

/** A text of the checks or of the report, in the words of the command line. */
export function forCommandLine(text: string): string {
  return words.reduce((rest, [found, instead]) => rest.replace(found, instead), text)
}
