import { type Failures, resolving } from '../resolver.ts'
import type { Row, Scene } from '../row.ts'

const topic = 'Names and clocks'
const hour = 3_600_000

/** Has AWS's host names lead to the simulator, by a resolver that fails now and then. */
function resolvedBy(failures: Failures, code?: 'ENOTFOUND' | 'EAI_AGAIN') {
  return async ({ environment, wire }: Scene) => {
    environment['AWS_ENDPOINT_URL'] = `http://aws.example.com:${wire.port}`
    Object.assign(environment, resolving(failures, code))
  }
}

/** Names that do not resolve, and clocks that disagree. */
export const namesAndClocks: readonly Row[] = [
  {
    topic,
    name: 'DNS that fails and recovers',
    arrange: resolvedBy([[0, 4]]),
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 12, secondsAtLeast: 4 },
  },
  {
    topic,
    name: 'DNS that has no answer for the moment, and recovers',
    arrange: resolvedBy([[0, 4]], 'EAI_AGAIN'),
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 12, secondsAtLeast: 4 },
  },
  {
    topic,
    name: 'DNS that fails in the middle of the wait, and recovers',
    simulator: { seconds: 9 },
    arrange: resolvedBy([[2, 7]]),
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 16, secondsAtLeast: 8.5 },
  },
  {
    topic,
    name: 'DNS that fails for more than 30 s in all, but with an answer in between',
    slow: true,
    simulator: { seconds: 40 },
    // It is asked again at 30 s at the latest, as an absence would be believed by then.
    arrange: resolvedBy([
      [0, 20],
      [33, 47],
    ]),
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 60, secondsAtLeast: 39 },
  },
  {
    topic,
    name: 'DNS that does not recover',
    slow: true,
    arrange: resolvedBy([[0]]),
    expected: {
      verdict: 'error',
      status: null,
      seconds: 34,
      secondsAtLeast: 30,
      told: /does not resolve.*'aws-region'/s,
    },
  },
  ...[1, -1].flatMap((sign): Row[] => {
    const simulator = { clockOffsetMs: sign * hour }
    const skew = `clock skew of an hour, the runner's being ${sign > 0 ? 'late' : 'early'}`
    const expected = { verdict: 'succeeded', status: 'SUCCEEDED', seconds: 6 } as const
    return [
      { topic, name: skew, simulator, expected },
      { topic, name: `${skew}, with a role to assume`, simulator, credentials: 'role', expected },
    ]
  }),
]
