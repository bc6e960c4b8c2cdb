import { describeStatus } from '../../__tests__/acceptance/support.ts'
import type { Fault, FaultRule } from '../../simulator/simulator.ts'
import type { Expected, Row, Topic } from '../row.ts'

/** What takes no longer than a few looks, on a machine that does other things too. */
const soon = 5
/** A deadline of 1.8 s, and after how many seconds from its start the process must be gone. */
export const shortDeadline = { 'timeout-minutes': '0.03' }
export const shortDeadlineSeconds = 1.8 + 5

/** How a wait ends that learns nothing until the short deadline, and what it tells of that. */
export function endingAtShortDeadline(told: RegExp): Expected {
  return { verdict: 'timed-out', status: null, seconds: shortDeadlineSeconds, secondsAtLeast: 1.8, told }
}

type Rest = Partial<Omit<Row, 'expected'>> & { expected?: Partial<Expected> }

/** A fault that passes: the wait goes on, and ends well. */
export function passing(topic: Topic, name: string, rules: FaultRule[], { expected, ...rest }: Rest = {}): Row {
  return {
    topic,
    name,
    simulator: { faults: rules },
    ...rest,
    expected: { verdict: 'succeeded', status: 'SUCCEEDED', seconds: soon, ...expected },
  }
}

/** A fault that lasts: the wait ends at its deadline, and says what kept it. */
export function lasting(topic: Topic, name: string, fault: Fault, told: RegExp, { expected, ...rest }: Rest = {}): Row {
  return {
    topic,
    name: `${name}, until the deadline`,
    simulator: { faults: [{ operation: describeStatus, fault }] },
    inputs: shortDeadline,
    ...rest,
    expected: { ...endingAtShortDeadline(told), ...expected },
  }
}

/** The first calls that ask for the status, so many of them. */
export function first(count: number, fault: Fault, operation = describeStatus): FaultRule[] {
  return [{ operation, to: count, fault }]
}
