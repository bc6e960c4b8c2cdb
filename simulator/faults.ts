import { isMembers, type Members } from './members.ts'
import type { Conditions } from './rules.ts'

/** Something that goes wrong with one answer. */
export type Fault =
  /** An AWS error, in the form of the service that was called; status 400 unless given. */
  | { kind: 'error'; code: string; message?: string; httpStatus?: number; reason?: string }
  /** Any HTTP answer, as from a proxy in between. */
  | { kind: 'http'; status: number; headers?: Record<string, string>; body?: string }
  /** The connection is reset. */
  | { kind: 'reset'; when: 'before-headers' | 'inside-headers' | 'after-headers' }
  /** The connection is closed half way through the body. */
  | { kind: 'truncate' }
  /** The body comes one byte a second. */
  | { kind: 'drip' }
  /** The call is taken and never answered. */
  | { kind: 'hang' }
  /**
   * Another JSON answer: what a function makes of the right one; or the right one with members replaced, undefined for
   * removed. Where the answer is one structure in a wrapper (`{"PermissionSetProvisioningStatus": {…}}`), the members
   * are those of the structure.
   */
  | { kind: 'patch'; patch: Members | ((answer: unknown) => unknown) }
  /** What was right so long ago; Infinity for the time before anything had ended. */
  | { kind: 'stale'; byMs: number }

/** Which calls a fault happens to. The first rule that applies to a call wins. */
export interface FaultRule extends Conditions {
  readonly fault: Fault
}

/** What a patch makes of an answer. */
export function patched(answer: unknown, { patch }: Fault & { kind: 'patch' }): unknown {
  if (typeof patch === 'function') return patch(answer)
  if (!isMembers(answer)) return answer
  const [[wrapper, structure] = [], ...others] = Object.entries(answer)
  const isWrapped = wrapper !== undefined && others.length === 0 && isMembers(structure)
  return isWrapped ? { [wrapper]: { ...structure, ...patch } } : { ...answer, ...patch }
}
