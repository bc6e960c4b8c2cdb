import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'

const text = readFileSync(resolve(import.meta.dirname, '../../action.yml'), 'utf8')
const { inputs, outputs }: Record<'inputs' | 'outputs', Record<string, unknown>> = parse(text)

/** The inputs and outputs that action.yml has, in its order: what tests check of all of them needs no list of its own. */
export const inputNames: readonly string[] = Object.keys(inputs)
export const outputNames: readonly string[] = Object.keys(outputs)
