/** One thing that is wrong with one input. The text names the input, the value and the remedy. */
export type Problem = string

/** A value, or everything that is wrong with the input for it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function right<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function wrong(...problems: readonly Problem[]): Parsed<never> {
  return { ok: false, problems }
}

type Parts<T> = { readonly [Name in keyof T]: Parsed<T[Name]> }

/** An object of the parts' values if all are right; else the problems of all wrong parts, in the order of the parts. */
export function all<T extends object>(parts: Parts<T>): Parsed<T> {
  const values: Partial<T> = {}
  const problems: Problem[] = []
  for (const name in parts) {
    const part = parts[name]
    if (part.ok) values[name] = part.value
    else problems.push(...part.problems)
  }
  return holdsAll(values, parts) ? right(values) : wrong(...problems)
}

function holdsAll<T extends object>(values: Partial<T>, parts: Parts<T>): values is T {
  return Object.keys(parts).every((name) => name in values)
}

/** Makes something else of a value. Problems stay as they are. */
export function map<T, U>(parsed: Parsed<T>, make: (value: T) => U): Parsed<U> {
  return parsed.ok ? right(make(parsed.value)) : parsed
}
