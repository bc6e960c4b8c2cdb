/**
 * The order of test files for a mutant. The run ends with the first test that fails, so the files with many simulated events come last.
 * Jest by itself begins with the slowest file.
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
