import { expect } from '@jest/globals'
import { commandsIn, foreignCommandsIn } from '../../../reliability/commands.ts'
import { hostile } from '../../../reliability/hostile.ts'
import { faultsInOutputs } from '../../../reliability/outputs.ts'
import { toHtml } from '../report/markdown.ts'
import type { Step } from '../support.ts'

/** What the environment of a process can hold: no NUL, and no more than Linux takes in one variable. */
export const hostileVariables = hostile.map(({ name, text }): [string, string] => [
  name,
  text.replaceAll('\0', '').slice(0, 100_000),
])

/** The same, no longer than names are, since what becomes part of a URL or a header must fit in one. */
export const hostileNames = hostileVariables.map(([name, text]): [string, string] => [name, text.slice(0, 1_000)])

export const hostileTexts = hostile.map(({ name, text }): [string, string] => [name, text])

/** The commands that a step has given, by name, but for those of debug. */
export function commandNamesIn({ stdout }: Pick<Step, 'stdout'>): string[] {
  return commandsIn(stdout)
    .map(({ name }) => name)
    .filter((name) => name !== 'debug')
}

/** No text has started a command, and every output is there and well-formed. */
export function expectNoEffect(step: Step, requestIds: readonly string[]): void {
  expect(foreignCommandsIn(step.stdout)).toEqual([])
  expect(faultsInOutputs(step.outputs, requestIds)).toEqual([])
  expect(`${step.stdout}${step.summary}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202e\u200b\ufeff]/u)
  expect(step.stderr).toBe('')
}

/** The elements of the summary, with their attributes: what GitHub renders, but for the text in it. */
export function elementsIn(markdown: string): string[] {
  return toHtml(markdown).match(/<[^>]*>/g) ?? []
}

/** Nothing but headings, paragraphs, tables, lists and quotations, without attributes: no link, no image, no emphasis. */
export function expectPlain({ summary }: Pick<Step, 'summary'>): void {
  // The last is an example of the action's own, which it has no need to keep from being a link.
  const plain =
    /^<\/?(h2|h3|p|table|thead|tbody|tr|th|td|code|pre|blockquote|ul|li|a)>$|^<a href="http:\/\/proxy\.example\.com:3128">$/
  expect(elementsIn(summary).filter((element) => !plain.test(element))).toEqual([])
}
