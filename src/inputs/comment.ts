import { type Environment, inputOf, parseChoice } from './input.ts'
import { map, type Parsed } from './parsed.ts'

const commentModes = ['never', 'on-failure', 'always'] as const
export type CommentMode = (typeof commentModes)[number]

/** The comment on the pull request. */
export interface CommentInputs {
  readonly commentMode: CommentMode
  readonly githubToken: string
  /** Distinguishes jobs of the same name, such as the legs of a matrix. */
  readonly commentKey: string
}

export function parseComment(environment: Environment): Parsed<CommentInputs> {
  const mode = parseChoice(environment, 'pull-request-comment', commentModes, 'never')
  return map(mode, (commentMode) => ({
    commentMode,
    githubToken: inputOf(environment, 'github-token'),
    commentKey: inputOf(environment, 'comment-key'),
  }))
}
