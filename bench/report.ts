import { machine } from './machine.ts'
import { markdownOf } from './table.ts'
import type { Findings, Topic } from './topic.ts'

/** The findings on one topic. */
export interface Section {
  readonly topic: Topic
  readonly findings: Findings
}

/** The whole of `docs/benchmarks.md`. */
export function pageOf(sections: readonly Section[], command: string): string {
  const goals = sections.flatMap(({ topic, findings }) =>
    findings.goals.map(({ goal, measured, reached }) => [
      `[${topic.title}](#${anchorOf(topic.title)})`,
      goal,
      measured,
      reached ? 'yes' : '**no**',
    ]),
  )
  return [
    '# Benchmarks',
    `\`${command}\` made this page, in one run on one machine: ${machine()}. The ratios are the result. Absolute times differ from machine to machine. Unless the text says otherwise, a figure is a median, with the 10th and the 90th percentile in parentheses.`,
    '## Goals',
    markdownOf({ columns: ['', 'Goal', 'Measured', 'Reached'], rows: goals }),
    ...sections.map((section) => sectionOf(section)),
    '',
  ].join('\n\n')
}

export function sectionOf({ topic, findings }: Section): string {
  const { method, tables, plots, remarks } = findings
  return [
    `## ${topic.title}`,
    ...method,
    ...tables.map(markdownOf),
    ...remarks,
    ...plots.map(({ name, title }) => `![${title}](benchmarks/${name}.svg)`),
    `\`npm run bench -- --only ${topic.name}\` measures only this topic.`,
  ].join('\n\n')
}

/** The goals of one topic, for the terminal, which has no table of all goals. */
export function goalsOf({ findings }: Section): string {
  return findings.goals
    .map(({ goal, measured, reached }) => `${reached ? 'yes' : 'NO '}  ${goal}: ${measured}`)
    .join('\n')
}

function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}
