const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } },
}

const common = {
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/lib/'],
  transform: { '\\.ts$': ['@swc/jest', swc] },
}

export default {
  // Acceptance tests mostly wait for what they have started.
  maxWorkers: 4,
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/__tests__/unit/**/*.test.ts'] },
    { ...common, displayName: 'acceptance', testMatch: ['<rootDir>/__tests__/acceptance/**/*.test.ts'] },
  ],
  // What only runs as a process of its own is covered by the acceptance tests, whose processes are not measured.
  collectCoverageFrom: [
    'src/**/*.ts',
    '!src/{bin,cancellation,command,index,leave,main,prepare}.ts',
    '!src/github/id-token.ts',
    '!src/terminal/**',
  ],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
  testTimeout: 60_000,
}
