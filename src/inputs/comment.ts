import type { OperationName } from '../requests/request.ts'
import { type Environment, inputOf, parseChoice } from './input.ts'
import { map, type Parsed } from './parsed.ts'
import { parseOperation } from './requests.ts'

const commentModes = ['never', 'on-failure', 'always'] as const
export type CommentMode = (typeof commentModes)[number]

/** The comment on the pull request. */
export interface CommentInputs {
  readonly commentMode: CommentMode
  readonly githubToken: string
  /** Distinguishes jobs of the same name, such as the legs of a matrix. */
  readonly commentKey: string
}

/** What a comment needs of the inputs. */
export interface CommentRequest extends CommentInputs {
  /** `null` if the input for it is wrong. */
  readonly operation: OperationName | null
}

export function parseComment(environment: Environment): Parsed<CommentInputs> {
  const mode = parseChoice(environment, 'pull-request-comment', commentModes, 'never')
  return map(mode, (commentMode) => ({
    commentMode,
    githubToken: inputOf(environment, 'github-token'),
    commentKey: inputOf(environment, 'comment-key'),
  }))
}

/** The comment of a step whose inputs are wrong. There is none if it cannot be known whether one is wanted. */
export function commentDespiteProblems(environment: Environment): CommentRequest {
  const comment = parseComment(environment)
  const operation = parseOperation(environment)
  return {
    ...(comment.ok ? comment.value : { commentMode: 'never', githubToken: '', commentKey: '' }),
    operation: operation.ok ? operation.value : null,
  }
}
