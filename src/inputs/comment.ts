import { type Environment, inputOf, parseChoice } from './input.ts'
import { map, type Parsed } from './parsed.ts'

export const commentModes = ['never', 'on-failure', 'always'] as const
export type CommentMode = (typeof commentModes)[number]

/** The comment on the pull request. */
export interface CommentInputs {
  readonly commentMode: CommentMode
  readonly githubToken: string
}

export function parseComment(environment: Environment): Parsed<CommentInputs> {
  const mode = parseChoice(environment, 'pull-request-comment', commentModes, 'never')
  return map(mode, (commentMode) => ({ commentMode, githubToken: inputOf(environment, 'github-token') }))
}
