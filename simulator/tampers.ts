import { errorOf } from './answers.ts'
import { isMembers, type Members } from './members.ts'
import type { Conditions } from './rules.ts'

/** A call to the instance, as a tamper sees it. */
export interface TamperedCall {
  readonly operation: string
  readonly input: Members
  /** How old the answer is to be, in milliseconds. */
  readonly byMs: number
}

/**
 * Stands between a call and its answer. `answer` gives the answer to the call as it is, or with changes.
 *
 * @throws ServiceError to refuse the call
 */
export type Tamper = (call: TamperedCall, answer: (changes?: Partial<TamperedCall>) => object) => object

/** Which calls are tampered with. All rules that apply to a call apply together; the first of them has the last word. */
export interface TamperRule extends Conditions {
  readonly tamper: Tamper
}

/** AWS refuses the call. The text is AWS's own, where it is known. */
export function refuses(code: string, message?: string): Tamper {
  return () => {
    throw errorOf({ kind: 'error', code, ...(message !== undefined && { message }) })
  }
}

/** The answer is as it was so long ago; Infinity for the time before anything had ended. */
export function isLate(byMs: number): Tamper {
  return (_, answer) => answer({ byMs })
}

/** A list shows every row, whatever `Filter` and `ProvisioningStatus` ask for. */
export const ignoresFilters: Tamper = ({ input }, answer) =>
  answer({ input: { ...input, Filter: undefined, ProvisioningStatus: undefined } })

/** A Describe leaves these members out, of the requests that are meant. */
export function lacks(names: readonly string[], isMeant: (status: Members) => boolean = () => true): Tamper {
  const left = Object.fromEntries(names.map((name) => [name, undefined]))
  return changedMembers((value) => (isMembers(value) && isMeant(value) ? { ...value, ...left } : value))
}

/** Whether a request has ended, by what Describe says of it. */
export const hasEnded = ({ Status }: Members): boolean => Status !== 'IN_PROGRESS'

/** What a row of a list can be, in place of what it is. Rows of account IDs and ARNs have no status. */
const oddities = {
  'unknown status': (row) => (isMembers(row) ? { ...row, Status: 'PAUSED' } : row),
  'no status': (row) => (isMembers(row) ? { ...row, Status: undefined } : row),
  'no ID': (row) => (isMembers(row) ? { ...row, RequestId: undefined } : ''),
  null: () => null,
  'a number': () => 5,
} as const satisfies Record<string, (row: unknown) => unknown>
export type Oddity = keyof typeof oddities
export const oddityNames: readonly Oddity[] = ['unknown status', 'no status', 'no ID', 'null', 'a number']

/** Rows of a list are odd: all, or those that are meant. A row is a request's status, an account ID, or an ARN. */
export function oddRows(oddity: Oddity, isMeant: (row: unknown, index: number) => boolean = () => true): Tamper {
  const change = (row: unknown, index: number) => (isMeant(row, index) ? oddities[oddity](row) : row)
  return changedMembers((value) => (Array.isArray(value) ? value.map(change) : value))
}

/** The token of the next page is a number. */
export const numericToken: Tamper = (_, answer) => withToken(answer(), (token) => (token === undefined ? token : 5))

/** Every page after the first has the same token as the page before, so that the second page comes again and again. */
export const repeatedToken: Tamper = ({ input }, answer) => withToken(answer(), (token) => input['NextToken'] ?? token)

/** After the last page, the list starts over, or gives empty pages. */
export function neverEnds(then: 'starts over' | 'is empty'): Tamper {
  const token = Buffer.from(then === 'starts over' ? '0' : '1000000').toString('base64')
  return (_, answer) => withToken(answer(), (own) => own ?? token)
}

function withToken(answer: object, change: (token: unknown) => unknown): object {
  const token = isMembers(answer) ? answer['NextToken'] : undefined
  return { ...answer, NextToken: change(token) }
}

/** Changes each member of an answer, such as the structure of a status, or the rows of a list. */
function changedMembers(change: (value: unknown) => unknown): Tamper {
  return (_, answer) => Object.fromEntries(Object.entries(answer()).map(([name, value]) => [name, change(value)]))
}
