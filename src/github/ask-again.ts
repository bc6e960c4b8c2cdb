import type { Clock } from '../wait/time/clock.ts'
import type { Octokit } from './pull-request.ts'

/** The pauses before the second and the third attempt, in milliseconds. */
const pausesMs = [300, 1_000]

/**
 * Lets a client repeat a call that GitHub or something in between could not answer: a broken connection, or HTTP 500, 502, 503 or 504.
 *
 * A comment that was created although its answer got lost is created a second time. `createComment` in comment.ts finds both, and keeps one.
 */
export function askAgain(octokit: Octokit, clock: Clock, signal: AbortSignal): void {
  octokit.hook.wrap('request', async (request, options) => {
    for (const pauseMs of pausesMs) {
      try {
        return await request(options)
      } catch (error) {
        if (signal.aborted || !isTemporary(error)) throw error
      }
      await clock.sleep(pauseMs, signal)
    }
    return request(options)
  })
}

/** Octokit gives 500 where no answer came. */
function isTemporary(error: unknown): boolean {
  return error instanceof Error && 'status' in error && [500, 502, 503, 504].includes(Number(error.status))
}
