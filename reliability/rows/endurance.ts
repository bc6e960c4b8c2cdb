import { describeStatus } from '../../__tests__/acceptance/support.ts'
import type { Fault } from '../../simulator/simulator.ts'
import { growthOf, probing, samplesIn } from '../probe.ts'
import type { Row, Scene } from '../row.ts'

const topic = 'Endurance'

/** What may be held longer at the end than in the second quarter: what V8 learns and forgets, and not what each call leaves behind. */
const flatBytes = 1_000_000

interface Soak extends Partial<Omit<Row, 'topic'>> {
  readonly name: string
  /** How many connections may be made to AWS, in the whole run. */
  readonly connections: number
  /** How many may be open at the same time. */
  readonly atOnce?: number
}

/** Long waits, in real time: memory flat, connections used again, no listener left behind, no warning. */
export function endurance(minutes: number): readonly Row[] {
  const seconds = minutes * 60
  const fast = { 'poll-interval-seconds': '0.5', 'timeout-minutes': String(minutes + 1) }
  const oneAccount = { accountId: '111122223333' }
  const ofOne = { outputs: () => ({ 'account-id': '111122223333' }) }
  const everyThird = (fault: Fault) =>
    Array.from({ length: minutes * 40 }, (_, index) => {
      const position = 3 * index + 3
      return { operation: describeStatus, from: position, to: position, fault }
    })
  const soaks: readonly Soak[] = [
    { name: 'one request, looked at twice a second', requests: [oneAccount], connections: 1 },
    {
      name: '200 requests that may not be listed',
      requests: Array.from({ length: 200 }, () => oneAccount),
      simulator: { deny: ['sso:ListPermissionSetProvisioningStatus'], latencyMs: 30, seconds: 100_000 },
      inputs: { 'timeout-minutes': String(minutes) },
      connections: 10,
      expected: {
        ...ofOne,
        verdict: 'timed-out',
        status: 'IN_PROGRESS',
        seconds: seconds + 5,
        secondsAtLeast: seconds - 2,
      },
    },
    {
      name: 'a role whose sessions last 3 s',
      requests: [oneAccount],
      credentials: 'role',
      simulator: { sessionSeconds: 3 },
      connections: Number.POSITIVE_INFINITY,
      atOnce: 4,
    },
    {
      name: 'every third call broken',
      requests: [oneAccount],
      simulator: { faults: everyThird({ kind: 'reset', when: 'before-headers' }) },
      connections: Number.POSITIVE_INFINITY,
      atOnce: 1,
    },
    {
      name: 'every third call unanswerable',
      requests: [oneAccount],
      simulator: { faults: everyThird({ kind: 'error', code: 'InternalServerException' }) },
      connections: 1,
    },
  ]
  return soaks.map(
    ({ connections, atOnce = connections, name, simulator, ...rest }): Row => ({
      topic,
      name: `${name}, for ${minutes} min`,
      slow: true,
      inputs: fast,
      simulator: { seconds, ...simulator },
      arrange: async (scene, started) => void Object.assign(scene.environment, await probing(started)),
      ...rest,
      expected: {
        verdict: 'succeeded',
        status: 'SUCCEEDED',
        seconds: seconds + 10,
        secondsAtLeast: seconds - 2,
        ...ofOne,
        ...rest.expected,
        check: (_, scene) => [...leftBehind(scene), ...tooManyConnections(scene, connections, atOnce)],
      },
    }),
  )
}

function leftBehind({ environment }: Scene): string[] {
  const samples = samplesIn(environment['PROBE_FILE'] ?? '')
  const [heap, rss] = [growthOf(samples, ({ heapUsed }) => heapUsed), growthOf(samples, ({ rss: bytes }) => bytes)]
  const listeners = growthOf(samples, (sample) => sample.listeners)
  const resources = growthOf(samples, (sample) => sample.resources.length)
  const complaints: string[] = []
  if (process.env['RELIABILITY_LOG']) {
    console.error(
      heap,
      rss,
      listeners,
      resources,
      samples.map((sample) => (sample.heapUsed / 1e6).toFixed(2)).join(' '),
    )
  }
  if (samples.length < 20) complaints.push(`only ${samples.length} samples`)
  if (heap > flatBytes) complaints.push(`the heap grew by ${(heap / 1e6).toFixed(2)} MB`)
  if (rss > 20 * flatBytes) complaints.push(`the resident memory grew by ${(rss / 1e6).toFixed(2)} MB`)
  if (listeners > 0) complaints.push(`${listeners} more listeners on the process`)
  if (resources > 2) complaints.push(`${resources} more timers and sockets`)
  return complaints
}

function tooManyConnections({ wire }: Scene, connections: number, atOnce: number): string[] {
  const complaints: string[] = []
  if (wire.connections > connections) complaints.push(`${wire.connections} connections`)
  if (wire.mostConnections > atOnce) complaints.push(`${wire.mostConnections} connections at the same time`)
  return complaints
}
