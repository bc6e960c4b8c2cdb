import { execFile } from 'node:child_process'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { folderWith } from '../../support/folder.ts'
import { ofFile } from '../../support/of-file.ts'
import { type SimulateOptions, simulate } from '../../support/step.ts'

const root = resolve(import.meta.dirname, '../../..')
const pipelines = join(root, 'examples/pipelines')
const { path: bin } = await ofFile(folderWith())

/** The programs that the recipes call: the committed command, and what a deploy would do in the simulator. */
beforeAll(async () => {
  const programs = {
    npx: `test "$1 $2" = "--yes wait-for-permission-set-provisioning@1" && shift 2 && exec '${process.execPath}' '${root}/dist/command.js' "$@"`,
    aws: `echo '{"PermissionSetProvisioningStatus":{"RequestId":"'$REQUEST_ID'","PermissionSetArn":"'$PERMISSION_SET_ARN'","Status":"IN_PROGRESS"}}'`,
    terraform: `test "$1" = apply || echo '{"arns":{"type":"string","value":"'$PERMISSION_SET_ARN'"}}'`,
  }
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
})

/** The lines of each recipe that its system gives to a shell. */
const shellIn: Readonly<Record<string, (text: string) => string[]>> = {
  'buildspec.yml': (text) => parse(text).phases.build.commands,
  'cdk-pipeline.ts': (text) => [...text.matchAll(/'(npx .*)'/g)].map(([, line = '']) => line),
  'gitlab-ci.yml': (text) => parse(text)['wait-for-permission-sets'].script,
  Jenkinsfile: (text) => [...text.matchAll(/sh '''([\s\S]*?)'''/g)].map(([, lines = '']) => lines),
  'atlantis.yaml': (text) => parse(text).workflows['permission-sets'].apply.steps.flatMap(runOf),
  Makefile: () => [`make --file '${join(pipelines, 'Makefile')}' deploy`],
}

function runOf(step: unknown): string[] {
  return typeof step === 'object' && step !== null && 'run' in step ? [String(step.run)] : []
}

test('each recipe is run here', async () => {
  expect((await readdir(pipelines)).sort()).toEqual(Object.keys(shellIn).sort())
})

/** Runs the lines of a recipe as its system does: one after the other, until one fails. */
async function runRecipe(recipe: string, options: SimulateOptions) {
  await using simulator = await simulate(options)
  await using folder = await folderWith()
  const [REQUEST_ID = ''] = simulator.start()
  const lines = shellIn[recipe]?.(await readFile(join(pipelines, recipe), 'utf8')) ?? []
  const env = {
    ...simulator.environment(),
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: folder.path,
    CI: 'true',
    INSTANCE_ARN: simulator.instanceArn,
    PERMISSION_SET_ARN: simulator.permissionSetArn,
    REQUEST_ID,
    AWS_TOKEN: 'token',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(folder.path, 'token'),
  }
  return await new Promise<{ status: number; output: string }>((done) => {
    const child = execFile('bash', ['-e', '-c', lines.join('\n')], { cwd: folder.path, env }, (error, stdout, stderr) =>
      done({ status: Number(error?.code ?? 0), output: stdout + stderr }),
    )
    child.stdin?.end()
  })
}

/** What a wait may not do without. */
const deny = ['sso:DescribePermissionSetProvisioningStatus', 'sso:ListAccountsForProvisionedPermissionSet']
// make has an exit status of its own.
const statuses = (recipe: string) => (recipe === 'Makefile' ? 2 : 5)

describe('the shell of each recipe', () => {
  test.concurrent.each(Object.keys(shellIn))('waits: %s', async (recipe) => {
    const { output, status } = await runRecipe(recipe, {})
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringMatching(/succeeded|is rolled out/) })
  })

  test.concurrent.each(Object.keys(shellIn))('fails with the wait: %s', async (recipe) => {
    const { output, status } = await runRecipe(recipe, { deny })
    expect({ status, output }).toMatchObject({
      status: statuses(recipe),
      output: expect.stringContaining('Error: Access denied'),
    })
  })
})
