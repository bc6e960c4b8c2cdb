import fc from 'fast-check'
import { seeded } from '../../../bench/random.ts'
import type { Fault } from '../../../simulator/faults.ts'
import type { Conditions } from '../../../simulator/rules.ts'
import type { AccountChange, PermissionSetPlan, Plan, SimulatorOptions } from '../../../simulator/settings.ts'
import {
  hasEnded,
  ignoresFilters,
  isLate,
  lacks,
  neverEnds,
  numericToken,
  oddityNames,
  oddRows,
  refuses,
  repeatedToken,
  type Tamper,
  type TamperRule,
} from '../../../simulator/tampers.ts'
import { wireNames } from '../../../simulator/wire-names.ts'
import type { Goal } from '../../../src/requests/goal.ts'
import { operationNames } from '../../../src/requests/request.ts'
import { permissionSetArn, requestIdOf } from '../examples.ts'
import {
  denied,
  failures,
  type ModelCall,
  type ModelOptions,
  meets,
  type NumberedPlan,
  patched,
  plan,
  retried,
  throttled,
  withGaps,
} from './model.ts'
import { anyFailure, anySpell, faultsOfSpells, rarely } from './schedule.ts'

export const accountCount = 5
const otherArn = `${permissionSetArn.slice(0, -1)}0`
/** Permission sets that nothing happens to, but for some accounts that are out of date for ever. */
const quietArns = Array.from({ length: 10 }, (_, index) => `${permissionSetArn.slice(0, -1)}${'123456789a'[index]}`)
const allArns = [permissionSetArn, otherArn, ...quietArns]
const listOfSets = 'ListPermissionSets'
const listOfAccounts = 'ListAccountsForProvisionedPermissionSet'
const lists = wireNames.map(({ list }) => list)
const describes = wireNames.map(({ describe }) => describe)
const [provisioning] = operationNames
const seconds = (max: number) => fc.nat({ max: max * 10 }).map((tenths) => tenths / 10)

type AnyPlan = Plan & { readonly seconds: number }

/** A provisioning or an assignment of somebody. It begins before the wait or during it. */
const anyPlan: fc.Arbitrary<AnyPlan> = fc.record(
  {
    operation: fc.constantFrom(provisioning, provisioning, provisioning, ...operationNames),
    permissionSetArn: fc.constantFrom(permissionSetArn, permissionSetArn, otherArn),
    // A late list can show one in progress that never was, if it takes no time.
    seconds: fc.oneof(seconds(10), seconds(60)).map((each) => Math.max(each, 0.1)),
    status: fc.constantFrom('SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'),
    accountId: fc.constantFrom('111122223333', '111122223335'),
    accountsBehind: fc.constantFrom(0, 0, 1, 2),
    beginsInSeconds: seconds(40),
    withoutChange: fc.boolean(),
  },
  { requiredKeys: ['operation', 'permissionSetArn', 'seconds', 'status'] },
)

/** What somebody else does: one request, or one that fails and is tried again, perhaps when it had ended before the wait. */
const anyForeign: fc.Arbitrary<readonly Plan[]> = fc.oneof(
  { weight: 4, arbitrary: anyPlan.map((own) => [own]) },
  {
    weight: 1,
    arbitrary: fc
      .record({ own: anyPlan, afterSeconds: seconds(20), ageSeconds: fc.constantFrom(0, 0, 5, 100) })
      .map(({ own: { beginsInSeconds = 0, ...own }, afterSeconds, ageSeconds }) =>
        retried({ ...own, operation: provisioning, beginsInSeconds: beginsInSeconds - ageSeconds }, afterSeconds),
      ),
  },
)

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 5, arbitrary: anyFailure.map(meets) },
  { weight: 1, arbitrary: fc.constant<Fault>({ kind: 'hang' }) },
)

/** What a list of requests or of accounts can be like. */
const anyListTamper: fc.Arbitrary<Tamper> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...oddityNames), fc.constantFrom(1, 2)).map(oddEvery) },
  fc.constantFrom(
    numericToken,
    repeatedToken,
    neverEnds('starts over'),
    neverEnds('is empty'),
    refuses('ValidationException'),
    refuses('ResourceNotFoundException'),
  ),
)

function oddEvery([oddity, every]: [(typeof oddityNames)[number], number]): Tamper {
  return oddRows(oddity, (_, index) => (index + 1) % every === 0)
}

const anyPeriod: fc.Arbitrary<Conditions> = fc
  .tuple(fc.nat({ max: 60_000 }), fc.oneof(fc.nat({ max: 20_000 }), fc.constant(1_000_000)))
  .map(([fromMs, lengthMs]) => ({ between: [fromMs, fromMs + lengthMs] }))

/** A share of all calls is throttled. */
const throttles = refuses(throttled.code)

/** What the instance answers wrongly, and which calls that meets. None of it makes something look better than it is. */
const anyTamper: fc.Arbitrary<TamperRule> = fc
  .tuple(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          operation: fc.constantFrom(lists[0] ?? '', lists[0] ?? '', ...lists, listOfAccounts, listOfSets),
          tamper: anyListTamper,
        }),
      },
      fc.record({ operation: fc.constantFrom(...lists), tamper: fc.constant(ignoresFilters) }),
      fc.record({
        operation: fc.constantFrom(...describes),
        tamper: fc.constantFrom(
          lacks(['PermissionSetArn']),
          lacks(['PermissionSetArn'], hasEnded),
          lacks(['PermissionSetArn'], (status) => !hasEnded(status)),
        ),
      }),
      fc.record({
        requestId: fc.nat({ max: 2 }).map(foreignId),
        tamper: fc.constantFrom(lacks(['PermissionSetArn']), refuses(denied.code), refuses(throttled.code)),
      }),
      fc.record({ tamper: fc.constant(throttles), share: fc.constantFrom(0.1, 0.3) }),
    ),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant<Conditions>({}) },
      { weight: 2, arbitrary: anyPeriod },
      { weight: 1, arbitrary: fc.record({ share: fc.constantFrom(0.1, 0.5) }) },
      { weight: 1, arbitrary: fc.record({ page: fc.constantFrom('first' as const, 'later' as const) }) },
    ),
  )
  .map(([rule, conditions]) => ({ ...conditions, ...rule }))

function foreignId(index: number): string {
  return requestIdOf(100 + index)
}

const anyAccountChange: fc.Arbitrary<AccountChange> = fc.record({
  accountId: fc.constantFrom('111122223333', '111122223334', '111122223399'),
  afterSeconds: seconds(60),
  is: fc.constantFrom('added', 'removed', 'out-of-date', 'up-to-date'),
})

/** A permission set of an instance that is waited for as a whole. It can appear and be deleted during the wait. */
const anyPermissionSet: fc.Arbitrary<PermissionSetPlan> = fc.record({
  behind: fc.constantFrom(0, 0, 0, 1),
  unknownForSeconds: rarely(Number.NEGATIVE_INFINITY, seconds(60)),
  deletedAfterSeconds: rarely(Number.POSITIVE_INFINITY, seconds(60)),
})

/** What all calls that the wait can do without meet: names, counts of all holders, the primary Region. */
const anyOptionalFault: fc.Arbitrary<Fault | null> = rarely(
  null,
  fc.oneof(
    fc.constantFrom(...failures.filter(({ effect }) => effect !== 'throttled')).map(meets),
    fc.constant<Fault>({ kind: 'hang' }),
  ),
)

/** Everything that is random in one run. */
export const anySchedule = fc.record({
  until: fc.constantFrom('rolled-out', 'rolled-out', 'idle'),
  wait: fc.constantFrom(true, true, true, false),
  /** The permission sets of the instance, if the wait is for all of them; `null` if it is for those that are named. */
  instance: fc.option(fc.array(anyPermissionSet, { maxLength: 5 }), { freq: 2 }),
  ignoredAccounts: rarely<string[]>(
    [],
    fc.subarray(['111122223333', '111122223335', '111122223336', '111122223337'], { minLength: 1 }),
  ),
  permissionSetArns: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom<string[]>([permissionSetArn], [permissionSetArn, otherArn], []) },
    { weight: 1, arbitrary: fc.constant([permissionSetArn, otherArn, ...quietArns]) },
  ),
  given: fc.array(
    fc.tuple(anyPlan, fc.constantFrom(0, 0, 100)).map(([own, ageSeconds]) => ({ ...own, ageSeconds })),
    { maxLength: 2 },
  ),
  foreign: fc.array(anyForeign, { maxLength: 6 }).map((all) => all.flat()),
  behind: fc.constantFrom(0, 0, 0, 1, 3),
  quietBehind: fc.constantFrom(0, 0, 0, 0, 1),
  accountChanges: fc.array(anyAccountChange, { maxLength: 2 }),
  deletedAfterSeconds: rarely(Number.POSITIVE_INFINITY, seconds(60)),
  accountsLagMs: fc.constantFrom(0, 0, 0, 1_000, 10_000),
  late: fc.record({ byMs: fc.constantFrom(0, 0, 500, 8_000), share: fc.constantFrom(1, 1, 0.5) }),
  quota: rarely(null, fc.record({ perSecond: fc.constantFrom(5, 12, 20), others: fc.constantFrom(0, 4, 11) })),
  latencyMs: fc.constantFrom(1, 50, 300, 2_000),
  pageSize: fc.constantFrom(2, 100),
  pollIntervalMs: fc.constantFrom(null, null, null, 500, 300_000),
  cancelAtMs: fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat({ max: 60_000 }) }),
  timeoutMs: fc.oneof(fc.constant(120_000), fc.integer({ min: 1, max: 60_000 })),
  spells: fc.array(anySpell(anyFault, 'describe', 'list', 'accounts', 'sets', 'name'), { maxLength: 2 }),
  tampers: fc.oneof(
    { weight: 1, arbitrary: fc.constant<TamperRule[]>([]) },
    { weight: 2, arbitrary: fc.array(anyTamper, { minLength: 1, maxLength: 2 }) },
  ),
  optionalFault: anyOptionalFault,
  /** A lie leaves rows out of lists. It is too short for two readings. */
  lie: fc.constantFrom(
    patched((value) => (Array.isArray(value) ? [] : value)),
    withGaps(2),
  ),
  lieFromMs: fc.option(fc.nat({ max: 60_000 }), { freq: 2 }),
  random: fc.nat({ max: 1_000 }),
})
export type Schedule = typeof anySchedule extends fc.Arbitrary<infer T> ? T : never

/** Less than the time between two readings that have to agree. */
export const lieMs = 1_900

/** What a schedule means for the wait. */
export interface Scene {
  readonly goal: Goal
  readonly plans: readonly NumberedPlan[]
  readonly options: ModelOptions
  /** Whether the role may not see everything that is in progress. Then a rollout is judged by its accounts. */
  readonly isBlind: boolean
  /** Whether there is a lie. A single look has to believe what AWS says, so it meets none. */
  readonly isLiedTo: boolean
  /** Whether AWS answers every call, and says what is so, or was so a known time ago. */
  readonly isQuiet: boolean
}

export function sceneOf(schedule: Schedule): Scene {
  const { deletedAfterSeconds, given, ignoredAccounts, instance, lieFromMs, spells, tampers, until, wait } = schedule
  const isAboutAll = until === 'rolled-out' && instance !== null
  const permissionSetArns = isAboutAll ? [] : schedule.permissionSetArns
  const plans = until === 'idle' ? [] : given.map((own, index) => plan(index + 1, { ...own, beginsInSeconds: 0 }))
  const isAlone = until === 'rolled-out' && !isAboutAll && plans.length === 0 && permissionSetArns.length === 0
  const isLiedTo = wait && lieFromMs !== null
  const isDenial = ({ requestId }: TamperRule) => requestId !== undefined
  return {
    goal: {
      until,
      wait,
      isAboutAll,
      permissionSetArns: isAlone ? [permissionSetArn] : permissionSetArns,
      ignoredAccounts: until === 'rolled-out' ? ignoredAccounts : [],
    },
    plans,
    options: optionsOf(schedule, plans, { isAboutAll, isLiedTo }),
    isBlind:
      tampers.some(isDenial) ||
      spells.some(
        ({ calls, fault }) => calls !== 'accounts' && calls !== 'sets' && 'code' in fault && fault.code === denied.code,
      ),
    isLiedTo,
    isQuiet:
      spells.length === 0 &&
      tampers.every(({ tamper }) => tamper === throttles) &&
      !isLiedTo &&
      (isAboutAll ? !instance.some(isPassing) : !Number.isFinite(deletedAfterSeconds)),
  }
}

/** Whether a permission set appears or is deleted. */
function isPassing({ deletedAfterSeconds, unknownForSeconds }: PermissionSetPlan): boolean {
  return Number.isFinite(deletedAfterSeconds) || Number.isFinite(unknownForSeconds)
}

function optionsOf(
  schedule: Schedule,
  plans: readonly NumberedPlan[],
  { isAboutAll, isLiedTo }: { readonly isAboutAll: boolean; readonly isLiedTo: boolean },
): ModelOptions {
  const { accountChanges, accountsLagMs, behind, deletedAfterSeconds, late, instance, quietBehind, quota, random } =
    schedule
  const { foreign, latencyMs, pageSize, tampers } = schedule
  const lateRules = [...lists, listOfAccounts, listOfSets].map((operation) => ({
    operation,
    tamper: isLate(late.byMs),
    share: late.share,
  }))
  const settings: SimulatorOptions = {
    accountsLagMs,
    permissionSets:
      isAboutAll && instance !== null
        ? instance.map((own, index) => ({ ...own, arn: allArns[index] ?? '', ...(index === 0 && { accountChanges }) }))
        : [
            { arn: permissionSetArn, behind, accountChanges },
            { arn: otherArn, deletedAfterSeconds },
            ...quietArns.map((arn, index) => ({ arn, behind: index === 3 ? quietBehind : 0 })),
          ],
    tampers: [...tampers, ...(late.byMs > 0 ? lateRules : [])],
    random: seeded(random),
    ...(quota !== null && { throttlePerSecond: quota.perSecond, othersPerSecond: quota.others }),
  }
  return {
    plans,
    foreign: foreign.map((own, index) => ({ requestId: foreignId(index), ...own })),
    pageSize,
    accounts: accountCount,
    latencyMs,
    faults: faultsOf(schedule, plans, isLiedTo),
    settings,
  }
}

function faultsOf(
  { lie, lieFromMs, optionalFault, spells }: Schedule,
  plans: readonly NumberedPlan[],
  isLiedTo: boolean,
) {
  const faultOf = faultsOfSpells(spells, plans)
  return (call: ModelCall): Fault | null => {
    const { atMs, name, ofHolders } = call
    if (optionalFault !== null && (name === 'name' || name === 'region' || ofHolders)) return optionalFault
    const isLie = isLiedTo && lieFromMs !== null && atMs >= lieFromMs && atMs < lieFromMs + lieMs
    return faultOf(call) ?? (isLie && (name === 'list' || name === 'accounts' || name === 'sets') ? lie : null)
  }
}
