import { type Parsed, type Problem, right, wrong } from './parsed.ts'
import type { InputName } from './table.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * An input as the runner passes it: `INPUT_` and the name in upper case, with its hyphens
 * (https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#inputs). Blanks around the value do not count. An input
 * that is not given is blank.
 */
export function inputOf(environment: Environment, name: InputName): string {
  return environment[`INPUT_${name.toUpperCase()}`]?.trim() ?? ''
}

/** An input with a wrong value. @param expected why, as the second half of a sentence */
export function wrongValue(name: string, value: string, expected: string): Parsed<never> {
  return wrong(`Input '${name}' is ${quote(value)}, but ${expected}`)
}

/** A value in quotes, in one line that a person can read, whatever it holds. */
export function quote(value: string): string {
  return value.length > 200
    ? `${JSON.stringify(value.slice(0, 200))}… (${value.length} characters)`
    : JSON.stringify(value)
}

/** The first of some things, in words, and how many more there are. */
export function listed<T>(things: readonly T[], textOf: (thing: T) => string, most = 3): string {
  const shown = things.slice(0, most).map(textOf).join(', ')
  return things.length > most ? `${shown} and ${things.length - most} more` : shown
}

/** What follows the problem of a value: the other values with the same mistake, so that the cause is said once. */
export function alsoWrong<T>(others: readonly T[], textOf: (value: T) => string): string {
  return others.length === 0 ? '' : ` The same is wrong with ${listed(others, textOf, 2)}.`
}

/** What problems are about, each once: the input or option that a problem names first, or the variable of the environment. */
export function namesIn(problems: readonly Problem[]): string[] {
  const named = problems.map((problem) => /(?<=')[a-z-]+(?=')|--[a-z-]+|\b[A-Za-z]+(_[A-Za-z]+)+\b/.exec(problem))
  return [...new Set(named.flatMap((found) => found?.[0] ?? []))]
}

/** A problem without the values that {@link quote} shows, for where nothing masks secrets. */
export function withoutValues(problem: Problem): Problem {
  return problem.replace(/(?<!For )"(?:[^"\\]|\\.)*"/g, '"…"')
}

export interface NumberFormat {
  /** The smallest number that is allowed. With `above` instead, numbers must be larger than that. */
  readonly min?: number
  readonly above?: number
  readonly max: number
  readonly unit: string
  readonly whole?: boolean
}

/** A number in plain digits; the fallback if the input is blank. */
export function parseNumber<T>(
  environment: Environment,
  name: InputName,
  { min = 0, above = -1, max, unit, whole = false }: NumberFormat,
  fallback: T,
): Parsed<number | T> {
  const value = inputOf(environment, name)
  if (value === '') return right(fallback)
  const number = Number(value)
  const digits = whole ? /^\d{1,9}$/ : /^\d{1,9}(\.\d{1,9})?$/
  if (digits.test(value) && number >= min && number > above && number <= max) return right(number)
  const kind = whole ? 'a whole number' : 'a number'
  const low = above < 0 ? `from ${min}` : `above ${above}`
  return wrongValue(name, value, `it must be ${kind} of ${unit} ${low} up to ${max}, in plain digits.`)
}

/** True or false in the spellings of YAML 1.2, as in `core.getBooleanInput`; the fallback if the input is blank. */
export function parseBoolean(environment: Environment, name: InputName, fallback: boolean): Parsed<boolean> {
  const value = inputOf(environment, name)
  if (value === '') return right(fallback)
  if (/^(true|True|TRUE)$/.test(value)) return right(true)
  if (/^(false|False|FALSE)$/.test(value)) return right(false)
  return wrongValue(name, value, 'it must be true or false.')
}

/** One of some names; the fallback if the input is blank. */
export function parseChoice<T extends string>(
  environment: Environment,
  name: InputName,
  choices: readonly T[],
  fallback: T,
): Parsed<T> {
  const value = inputOf(environment, name)
  if (value === '') return right(fallback)
  const chosen = choices.find((choice) => choice === value)
  return chosen === undefined ? wrongValue(name, value, `it must be one of ${choices.join(', ')}.`) : right(chosen)
}
