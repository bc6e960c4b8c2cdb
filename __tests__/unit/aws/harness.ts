import type { Simulator } from '../../../simulator/simulator.ts'
import type { Connection } from '../../../src/aws/connection.ts'
import { ofTheAction } from '../../../src/aws/errors/context.ts'
import { IdentityCenter } from '../../../src/aws/identity-center.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { noSecrets } from '../examples.ts'
import { clientOf } from '../simulator/harness.ts'

export const never = new AbortController().signal

/** The simulator's instance, the debug log, and the number of renewals of credentials. */
export function identityCenterOf(simulator: Simulator, credentials: Connection['credentials'] = 'ambient') {
  const debug: string[] = []
  const renewals: string[] = []
  let client = clientOf(simulator)
  const connection: Connection = {
    get client() {
      return client
    },
    credentials,
    proxy: null,
    wording: ofTheAction,
    secrets: noSecrets,
    renewCredentials: () => {
      renewals.push('renewed')
      client = clientOf(simulator)
    },
    close: () => {},
  }
  const { instanceArn, region } = simulator
  const log = (message: string) => void debug.push(message)
  const identityCenter = new IdentityCenter({ connection, instanceArn, region, clock: systemClock, debug: log })
  return { debug, identityCenter, renewals }
}
