import { resolve } from 'node:path'
import { readDefinition } from '../../scripts/check-definition.ts'

const { inputs, outputs } = await readDefinition(resolve(import.meta.dirname, '../..'))

/** The inputs and outputs that action.yml has, in its order: what tests check of all of them needs no list of its own. */
export const inputNames: readonly string[] = [...inputs.keys()]
export const outputNames: readonly string[] = [...outputs]
