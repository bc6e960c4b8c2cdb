import { afterAll } from '@jest/globals'

/** What all tests of a file share, until the last of them has ended. */
export async function ofFile<T extends AsyncDisposable>(made: Promise<T>): Promise<T> {
  const shared = await made
  afterAll(async () => await shared[Symbol.asyncDispose]())
  return shared
}
