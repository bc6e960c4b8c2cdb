import { ServiceError, throttlingTexts } from './answers.ts'
import type { Settings } from './settings.ts'

/**
 * Admits a call, by a quota over any second, across all operations, as AWS has it for an instance. Refused calls do not use it up; the
 * calls of others do.
 *
 * @throws ServiceError ThrottlingException, in both of AWS's texts, one after the other
 */
export function createQuota(settings: Settings): () => void {
  const admitted: number[] = []
  let refused = 0
  return () => {
    const now = settings.now()
    while (admitted[0] !== undefined && admitted[0] <= now - 1000) admitted.shift()
    const { othersPerSecond, throttlePerSecond } = settings
    const others = typeof othersPerSecond === 'number' ? othersPerSecond : othersPerSecond(now)
    if (admitted.length + others >= throttlePerSecond)
      throw new ServiceError('ThrottlingException', throttlingTexts[refused++ % throttlingTexts.length] ?? '')
    admitted.push(now)
  }
}
