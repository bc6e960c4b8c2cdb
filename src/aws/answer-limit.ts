import { subscribe } from 'node:diagnostics_channel'
import { IncomingMessage } from 'node:http'
import { UnreadableAnswer } from './errors/facts.ts'

/** A page of AWS has some 20 KB, and one of GitHub's comments at most 7 MB. A failure reason of AWS has no limit that is documented. */
const maxMiB = 16

/** Counts the bytes of one answer. */
export class AnswerLength {
  #bytes = 0

  /** @throws UnreadableAnswer if the answer is longer than any that makes sense */
  add({ length }: { readonly length: number }): void {
    this.#bytes += length
    if (this.#bytes > maxMiB * 2 ** 20) throw new UnreadableAnswer(`The answer is longer than ${maxMiB} MiB`)
  }
}

/**
 * Ends every answer that is too long, and its connection: those of AWS, of GitHub's OIDC provider, and of whatever gives credentials. Most
 * of the clients that read them keep all that comes, and take no limit. So this is for all that use Node's HTTP client
 * (https://nodejs.org/api/diagnostics_channel.html#http).
 */
export function limitAnswers(): void {
  subscribe('http.client.response.finish', (message) => {
    const response: unknown = Reflect.get(Object(message), 'response')
    if (!(response instanceof IncomingMessage)) return
    const length = new AnswerLength()
    const push = response.push.bind(response)
    response.push = (chunk, encoding) => {
      try {
        if (chunk !== null) length.add(chunk)
        return push(chunk, encoding)
      } catch (error) {
        response.destroy(error instanceof Error ? error : undefined)
        return false
      }
    }
  })
}
