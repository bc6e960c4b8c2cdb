import { AnswerLength } from '../aws/answer-limit.ts'
import type { Clock } from '../wait/time/clock.ts'

/** The pauses before the second and the third attempt, in milliseconds. */
const pausesMs = [300, 1_000]

/** GitHub's client, with the toolkit's proxy. */
export type Client = Awaited<ReturnType<typeof clientFor>>

/**
 * A client of which the signal ends each call. It repeats a call that GitHub or something in between could not answer: a broken connection,
 * or HTTP 500, 502, 503 or 504.
 *
 * A comment that was created although its answer got lost is created a second time. `createComment` in comment.ts finds both, and keeps one.
 */
export async function clientFor(token: string, clock: Clock, signal: AbortSignal) {
  // Few jobs need it.
  const { getOctokit } = await import('@actions/github')
  const octokit = getOctokit(token)
  // As options of the client, they would replace the proxy there.
  octokit.hook.before('request', ({ request }) => {
    request.fetch = limited(request.fetch)
    request.signal = signal
  })
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
  return octokit
}

/** Octokit gives 500 where no answer came. */
function isTemporary(error: unknown): boolean {
  return error instanceof Error && 'status' in error && [500, 502, 503, 504].includes(Number(error.status))
}

/**
 * A `fetch` that fails if an answer is too long, or breaks off. GitHub's client would keep all that comes, and take an answer that breaks
 * off for an empty one.
 */
function limited(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (url, options) => {
    const response = await fetch(url, options)
    if (response.body === null) return response
    const length = new AnswerLength()
    const chunks: Uint8Array[] = []
    for await (const chunk of response.body) {
      length.add(chunk)
      chunks.push(chunk)
    }
    return new Response(Buffer.concat(chunks), response)
  }
}
