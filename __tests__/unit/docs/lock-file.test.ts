import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'

interface Locked {
  readonly version?: string
  readonly integrity?: string
}

test('every package is locked by version and hash', async () => {
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const { '': _, ...installed } = packages
  expect(Object.keys(installed).length).toBeGreaterThan(100)
  const unlocked = Object.entries(installed).filter(([, { version, integrity }]) => !version || !integrity)
  expect(unlocked).toEqual([])
})
