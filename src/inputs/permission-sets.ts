import { alsoWrong, type Environment, inputOf, quote, wrongValue } from './input.ts'
import { instanceArnFormat, instanceOf, type NamedInstance } from './instance.ts'
import { type Parsed, right, wrong } from './parsed.ts'
import { piecesOf } from './request-forms.ts'
import { hintAboutJson, hintAboutWord, hints } from './request-hints.ts'

const input = 'permission-set-arn'
/** The word for every permission set of the instance. */
export const everyPermissionSet = 'all'
const maxPermissionSets = 2_000
/** A text of another kind must not keep the process busy. */
const maxFaults = 10_000
/** What was to be the ARN of one permission set. In policies, it has a wildcard; in templates, a variable. */
const likeness = /^arn:[^*$]*:permissionSet\/[^*$]*$/

/** The permission sets that the workflow names. */
export interface PermissionSets {
  /** Without repeats. */
  readonly arns: readonly string[]
  /** Every permission set of the instance. */
  readonly isAll: boolean
  readonly instances: readonly NamedInstance[]
}

/**
 * Reads `permission-set-arn`: `all`, a list of ARNs, in which nothing else may be, or any other JSON, of which the ARNs count. Terraform
 * and CloudFormation have IDs with several ARNs: `<permission set>,<instance>` and `<instance>|<permission set>`.
 */
export function parsePermissionSets(environment: Environment): Parsed<PermissionSets> {
  const text = inputOf(environment, input)
  if (text === everyPermissionSet) return right({ arns: [], isAll: true, instances: [] })
  const arns = new Set<string>()
  const instanceArns = new Set<string>()
  const faults: string[] = []
  for (const { value, text: piece, excess } of piecesOf(text)) {
    if (value === undefined) return wrongValue(input, piece, excess ?? `that is not valid JSON.${hintAboutJson(piece)}`)
    const isList = isText(value) || (Array.isArray(value) && value.every(isText))
    for (const string of stringsIn(value)) {
      const parts = string.includes(':sso:::') ? string.split(/[\s,|]+/) : []
      for (const part of parts) {
        const instanceArn = instanceOf(part)
        if (instanceArn !== null) arns.add(part)
        else if (likeness.test(part)) faults.push(part)
        if (instanceArn !== null || (isList && instanceArnFormat.test(part))) instanceArns.add(instanceArn ?? part)
      }
      if (isList && !parts.some((part) => /^arn:.*:(permissionSet|instance)\//.test(part))) faults.push(string)
    }
    if (faults.length >= maxFaults) break
  }
  const [first, ...others] = faults
  if (first !== undefined) {
    const hint = first.startsWith('arn:') ? '' : hintAboutWord(first).hint
    return wrongValue(input, first, form + hint + alsoWrong(others, quote))
  }
  if (arns.size === 0 && text !== '') return wrongValue(input, text, `${none}${hintAbout(text)}`)
  if (arns.size <= maxPermissionSets)
    return right({ arns: [...arns], isAll: false, instances: [...instanceArns].map((arn) => ({ input, arn })) })
  return wrong(
    `Input 'permission-set-arn' holds ${arns.size} permission sets, but one step waits for at most ${maxPermissionSets}. Split them over several steps.`,
  )
}

const form =
  'the ARN of a permission set looks like arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef.'
const none = "it must be 'all', ARNs of permission sets, or JSON that holds some."

function hintAbout(text: string): string {
  if (text.includes(':permissionSet/')) return hints.inString
  return /^[[{]/.test(text)
    ? ' This JSON holds none; terraform output -json and aws sso-admin list-permission-sets print some.'
    : ''
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** All strings of a JSON value, however deep, keys too. */
function* stringsIn(value: unknown): Generator<string, void> {
  if (isText(value)) yield value.trim()
  else for (const part of Array.isArray(value) ? value : Object.entries(Object(value)).flat()) yield* stringsIn(part)
}
