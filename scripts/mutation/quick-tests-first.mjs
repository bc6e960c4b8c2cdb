/**
 * Jest's order of suites for a mutant, which is dead with the first test that fails: those that play out many courses of events come
 * last. Jest itself begins with what takes longest.
 */
export default class QuickTestsFirst {
  sort(tests) {
    return tests.toSorted((a, b) => slowness(a.path) - slowness(b.path))
  }

  shard(tests) {
    return tests
  }

  allFailedTests(tests) {
    return tests
  }

  cacheResults() {}
}

function slowness(path) {
  if (/\.(property|soak)\.test\.ts$/.test(path)) return 2
  return /\/(run|wait)\.test\.ts$/.test(path) ? 1 : 0
}
