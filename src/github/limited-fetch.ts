import { AnswerLength } from '../aws/answer-limit.ts'

/**
 * A `fetch` that fails if an answer is too long, or breaks off. GitHub's client would keep all that comes, and take an answer that breaks
 * off for an empty one.
 */
export function limited(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
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
