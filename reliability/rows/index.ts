import type { Row } from '../row.ts'
import { answers } from './answers.ts'
import { cancellation } from './cancellation.ts'
import { connections } from './connections.ts'
import { credentials } from './credentials.ts'
import { namesAndClocks } from './names-and-clocks.ts'
import { proxies } from './proxies.ts'
import { serviceErrors } from './service-errors.ts'

/** Every fault of the suite, but for those of endurance, which depend on how long they are to last. */
export const rows: readonly Row[] = [
  ...serviceErrors,
  ...connections,
  ...answers,
  ...namesAndClocks,
  ...credentials,
  ...cancellation,
  ...proxies,
]
