import { cellsOf, columns, complaintsIn, type Finding, isAsExpected } from './findings.ts'
import type { RandomFinding } from './random.ts'
import { topics } from './row.ts'
import { tableOf } from './table.ts'

export interface Findings {
  readonly findings: readonly Finding[]
  readonly random: RandomFinding | null
}

/** The whole of `docs/reliability.md`. */
export function pageOf({ findings, random }: Findings, command: string): string {
  const runs = findings.flatMap((finding) => finding.runs)
  const asExpected = findings.filter(isAsExpected)
  return [
    '# Reliability',
    `Made by \`${command}\` alone. Each fault is set up anew for each run, against a simulator of IAM Identity Center, STS and GitHub's token service, or a raw socket in their place; the committed action runs as GitHub's runner runs it, with debug logging on. **${asExpected.length} of ${findings.length} faults ended as expected in all their ${runs.length} runs.**`,
    'A run is as expected when the verdict is, all outputs are there, are well-formed and say what was last known, the time is within the bound, there is one annotation with a title on a failure and none on a success, a summary, nothing on stderr, no workflow command but the action’s own, and no access key, secret, session token, OIDC token, request token or proxy password that was in play anywhere in log, annotations, summary, comment or outputs; what the action obtained itself must be masked. Times are from the start of the process to its end, and for cancellations from the first signal.',
    ...topics.flatMap((topic) => {
      const own = findings.filter(({ row }) => row.topic === topic)
      return own.length === 0 ? [] : [`## ${topic}`, tableOf(columns, own.map(cellsOf)), ...notesOn(own)]
    }),
    ...(random === null ? [] : ['## Random schedules', randomParagraph(random)]),
    '',
  ].join('\n\n')
}

/** What was not as expected, under the table that says so. */
export function notesOn(findings: readonly Finding[]): string[] {
  const unexpected = findings.filter((finding) => !isAsExpected(finding))
  if (unexpected.length === 0) return []
  const notes = unexpected.flatMap((finding) =>
    complaintsIn(finding).map((complaint) => `- ${finding.row.name}: \`${complaint.replace(/[`\n]/g, ' ')}\``),
  )
  return ['Not as expected:', notes.join('\n')]
}

export function randomParagraph({ runs, seed, seconds, counterexample, seen }: RandomFinding): string {
  const verdicts = Object.entries(seen).map(([verdict, count]) => `${count.toLocaleString('en-US')} × ${verdict}`)
  const result =
    counterexample === null
      ? 'none broke a rule'
      : `one broke a rule: \`${counterexample.replace(/[`\n]+/g, ' ').slice(0, 2_000)}\``
  return `Of ${runs.toLocaleString('en-US')} random courses of requests, faults of every kind, cancellations, deadlines and lists that leave things out, on a virtual clock (seed ${seed}, ${seconds.toFixed(0)} s), ${result}. The rules: never \`succeeded\` unless every request was SUCCEEDED when last seen; over by the deadline and the last look; never more than ten calls in a second; all outputs there and well-formed, with nothing in them that AWS did not say. Verdicts: ${verdicts.join(', ')}.`
}
