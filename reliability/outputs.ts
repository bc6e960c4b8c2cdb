import { statuses } from '../src/request.ts'
import { verdicts } from '../src/verdict.ts'

/** Every output, as the contract has it. */
export const outputNames = [
  'verdict',
  'status',
  'failure-reason',
  'created-date',
  'permission-set-arn',
  'account-id',
  'accounts-behind',
  'elapsed-seconds',
  'results',
] as const

const resultFields = [
  'requestId',
  'operation',
  'status',
  'failureReason',
  'createdDate',
  'permissionSetArn',
  'accountId',
  'principalId',
  'principalType',
  'error',
]

/** A year after 9999 or before 0 has six digits and a sign (ECMAScript's and ISO's extended years). */
const isoDate = /^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

type Members = Readonly<Record<string, unknown>>

/** What is wrong with a step's outputs, whatever it waited for: one missing, one too many, or one that is not well-formed. */
export function faultsInOutputs(outputs: Readonly<Record<string, string>>, requestIds: readonly string[]): string[] {
  const names = Object.keys(outputs)
  const missing = outputNames.filter((name) => !names.includes(name))
  if (missing.length > 0) return [`no output ${missing.join(', ')}`]
  const surplus = names.filter((name) => !outputNames.some((known) => known === name))
  const faults: string[] = surplus.map((name) => `output ${name} is not one`)
  const wrong = (name: (typeof outputNames)[number], wellFormed: boolean) => {
    if (!wellFormed) faults.push(`output ${name} is ${shortened(outputs[name])}`)
  }
  const text = (name: (typeof outputNames)[number]) => outputs[name] ?? ''

  wrong(
    'verdict',
    verdicts.some((verdict) => verdict === text('verdict')),
  )
  wrong('status', ['', ...statuses].includes(text('status')))
  wrong('created-date', text('created-date') === '' || isoDate.test(text('created-date')))
  wrong('elapsed-seconds', /^\d+\.\d+$/.test(text('elapsed-seconds')))
  const accounts = parsed(text('accounts-behind'))
  wrong('accounts-behind', Array.isArray(accounts) && accounts.every((id) => /^\d{12}$/.test(String(id))))

  const results = parsed(text('results'))
  const rows = Array.isArray(results) ? results.filter(isMembers) : []
  const rejected = text('verdict') === 'error' && Array.isArray(results) && results.length === 0
  const ids = rows.map((row) => String(row['requestId']))
  wrong('results', rejected || (ids.length === requestIds.length && ids.every((id, index) => id === requestIds[index])))
  for (const row of rows) faults.push(...faultsInResult(row))
  if (text('verdict') === 'succeeded' && rows.some((row) => row['status'] !== 'SUCCEEDED')) {
    faults.push('succeeded, although a request is not')
  }
  return faults
}

function faultsInResult(row: Members): string[] {
  if (Object.keys(row).join() !== resultFields.join()) return [`a result has the fields ${Object.keys(row).join()}`]
  const { status, createdDate, ...others } = row
  const faults: string[] = []
  if (status !== null && !statuses.some((known) => known === status)) faults.push(`a result has the status ${status}`)
  if (createdDate !== null && !isoDate.test(String(createdDate))) faults.push(`a result has the date ${createdDate}`)
  for (const [name, value] of Object.entries(others)) {
    if (value !== null && typeof value !== 'string') faults.push(`a result's ${name} is ${JSON.stringify(value)}`)
  }
  return faults
}

export function shortened(text = '', length = 160): string {
  const quoted = JSON.stringify(text)
  return quoted.length > length ? `${quoted.slice(0, length)}… (${text.length} characters)` : quoted
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
