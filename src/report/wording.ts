import type { Cause } from './causes.ts'
import type { Phrase, Style } from './phrase.ts'
import type { Story } from './story.ts'

/** A story with our own texts in the words of a program. What AWS says, and what is named, stays as it is. */
export function inWords(story: Story, own: Style): Story {
  const phrase = (parts: Phrase) => joined(parts).map((part) => (typeof part === 'string' ? own(part) : part))
  const cause = ({ about, advice, text }: Cause): Cause => ({
    about: phrase(about),
    text,
    advice: advice && { ...advice, cause: advice.cause && own(advice.cause), remedy: own(advice.remedy) },
  })
  const { blockers, explanation, headline, problems, reasons, steps, warning } = story
  return {
    ...story,
    headline: phrase(headline),
    explanation: explanation && own(explanation),
    problems: problems.map(own),
    reasons: reasons.map(cause),
    blockers: blockers.map(cause),
    steps: steps.map(own),
    warning: warning && { title: own(warning.title), text: own(warning.text) },
  }
}

/** A phrase in which the words between two values are one text. */
function joined(parts: Phrase): Phrase {
  const after: Phrase[number][] = []
  for (const part of parts) {
    const last = after.at(-1)
    if (typeof part === 'string' && typeof last === 'string') after[after.length - 1] = last + part
    else after.push(part)
  }
  return after
}
