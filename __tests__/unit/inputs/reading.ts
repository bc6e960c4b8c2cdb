import { right } from '../../../src/inputs/parsed.ts'
import { type Inputs, readInputs } from '../../../src/inputs.ts'
import { environmentOf, inputsIn, instanceArn, requestId } from '../examples.ts'

/** Valid values for the required inputs. */
export const required = { 'instance-arn': instanceArn, 'request-id': requestId, 'aws-region': 'eu-central-1' }
export const roleArn = 'arn:aws:iam::111122223333:role/deploy'

/** Reads the required inputs, with others added or replaced. */
export function read(inputs: Record<string, string | undefined> = {}, others: Record<string, string> = {}) {
  return readInputs(environmentOf({ ...required, ...inputs }, others), right(''))
}

export function inputsOf(...given: Parameters<typeof read>): Inputs {
  return inputsIn(read(...given))
}

export function problemsOf(...given: Parameters<typeof read>): readonly string[] {
  const result = read(...given)
  return result.ok ? [] : result.problems
}
