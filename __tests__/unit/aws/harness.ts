import type { Simulator } from '../../../simulator/simulator.ts'
import type { Connection } from '../../../src/aws/connection.ts'
import { ofTheAction } from '../../../src/aws/errors/context.ts'
import { IdentityCenter, type IdentityCenterOptions } from '../../../src/aws/identity-center.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { noSecrets } from '../examples.ts'
import { clientOf } from '../simulator/harness.ts'

export const never = new AbortController().signal

/** The simulator's instance, the debug log, and the number of renewals of credentials. */
export function identityCenterOf(simulator: Simulator, known: Partial<IdentityCenterOptions & Connection> = {}) {
  const debug: string[] = []
  const renewals: string[] = []
  let client = clientOf(simulator)
  const connection: Connection = {
    get client() {
      return client
    },
    credentials: 'ambient',
    proxy: null,
    wording: ofTheAction,
    secrets: noSecrets,
    renewCredentials: () => {
      renewals.push('renewed')
      client = clientOf(simulator)
    },
    close: () => {},
    ...known,
  }
  const clock = known.clock ?? systemClock
  const identityCenter = new IdentityCenter({
    connection,
    instanceArn: simulator.instanceArn,
    region: simulator.region,
    clock,
    debug: (message) => void debug.push(message),
    ...known,
  })
  return { debug, identityCenter, renewals }
}
