import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readDefinition } from '../../../scripts/check-definition.ts'
import { inputTable } from '../../../src/inputs/table.ts'

test('the table has every input of action.yml, in its order', async () => {
  const { inputs } = await readDefinition(join(import.meta.dirname, '../../..'))
  expect(Object.keys(inputTable)).toEqual([...inputs.keys()])
})
