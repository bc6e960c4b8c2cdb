import type { Simulator } from '../../../simulator/simulator.ts'
import type { Connection } from '../../../src/aws/connection.ts'
import { IdentityCenter, type IdentityCenterOptions } from '../../../src/aws/identity-center.ts'
import { Budget } from '../../../src/polling/budget.ts'
import { systemClock } from '../../../src/polling/clock.ts'
import { clientOf } from '../simulator/harness.ts'

export const never = new AbortController().signal

/** The simulator's instance, asked as the wait asks it, with what was noted and told on the way. */
export function identityCenterOf(simulator: Simulator, known: Partial<IdentityCenterOptions & Connection> = {}) {
  const debug: string[] = []
  const dropped: string[] = []
  const renewals: string[] = []
  let client = clientOf(simulator)
  const connection: Connection = {
    get client() {
      return client
    },
    credentials: 'ambient',
    proxy: null,
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
    operation: 'provision-permission-set',
    budget: new Budget(clock),
    clock,
    debug: (message) => void debug.push(message),
    onDropped: (action) => void dropped.push(action),
    ...known,
  })
  return { debug, dropped, identityCenter, renewals }
}
