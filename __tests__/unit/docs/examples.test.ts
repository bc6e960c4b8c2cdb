import { execFile, spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test as testHere } from '@jest/globals'
import { parse } from 'yaml'
import { right } from '../../../src/inputs/parsed.ts'
import { readInputs } from '../../../src/inputs.ts'
import { folderWith } from '../../support/folder.ts'
import { environmentOf, instanceArn, permissionSetArn, requestIdOf } from '../examples.ts'

type Texts = Readonly<Record<string, string>>
type Step = { readonly [key in 'id' | 'run' | 'uses' | 'shell']?: string } & {
  readonly [key in 'env' | 'with']?: Texts
}
type Job = { readonly steps?: readonly Step[] } & { readonly [key in 'env' | 'outputs']?: Texts }

const root = join(import.meta.dirname, '../../..')
const examples = (await readdir(join(root, 'examples'))).filter((name) => /^[\w-]+\.yml$/.test(name))
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim()
/** The jobs of the examples run on Linux, where GitHub's runners have both. */
const canRun = process.platform !== 'win32' && python !== undefined && spawnSync('jq', ['--version']).status === 0
const test = canRun ? testHere : testHere.skip

/** What GitHub, variables, a matrix and steps that are actions hand on, by name. */
const samples: Texts = {
  'instance-arn': instanceArn,
  'permission-set-arn': permissionSetArn,
  'permission-set-arns': `${permissionSetArn}\n${permissionSetArn}`,
  'request-id': requestIdOf(1),
  'wait-role-arn': 'arn:aws:iam::111122223333:role/wait',
  'identity-center-region': 'eu-central-1',
  region: 'eu-central-1',
  'ignored-accounts': '',
  'accounts-behind': '["111122223333"]',
  'results-file': 'results.json',
  operation: 'provision-permission-set',
  'timeout-minutes': '30',
  first: '0',
}

const provisioning = `{ "PermissionSetProvisioningStatus": { "RequestId": "${requestIdOf(1)}", "Status": "IN_PROGRESS" } }`
const files: Texts = {
  'accounts.json': '["111122223333"]',
  'update-permission-sets.sh': `echo "Updating \${INSTANCE_ARN:?}"; echo '${provisioning}'\n`,
  'results.json': JSON.stringify([{ requestId: requestIdOf(1), status: 'FAILED', failureReason: 'no' }]),
  'boto3.py': `class client:\n  def __init__(self, _): pass\n  def provision_permission_set(self, **_): return ${provisioning}\n`,
}

test.each(examples)('the scripts of %s run, and hand on what later steps need', async (example) => {
  await using folder = await folderWith({ ...files, output: '', path: '' })
  const at = (name: string) => join(folder.path, name)
  const read = (name: string) => readFile(at(name), 'utf8')
  const outputs: Record<string, string> = {}
  /** Texts with values in place of expressions. What a job or a script should hand on has no sample. */
  const withValues = (texts: Texts = {}, ids: readonly (string | undefined)[] = []) =>
    Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [
        name,
        String(text).replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => {
          const [context, id = '', , last = id.toLowerCase().replaceAll('_', '-')] = expression.split('.')
          if (!outputs[expression] && (context === 'needs' || ids.includes(id)))
            throw new Error(`Nothing sets ${expression}`)
          return outputs[expression] ?? samples[last] ?? 'sample'
        }),
      ]),
    )

  const { jobs }: { jobs: Record<string, Job> } = parse(await readFile(join(root, 'examples', example), 'utf8'))
  for (const [name, { steps = [], env, outputs: ofJob }] of Object.entries(jobs)) {
    const ids = steps.filter(({ run }) => run !== undefined).flatMap(({ id }) => id ?? [])
    for (const step of steps) {
      if (step.uses?.startsWith('wait-for-')) {
        const given = withValues(step.with, ids)
        const file = given['request-file'] === undefined ? '' : await read(given['request-file'])
        expect(readInputs(environmentOf(given, { AWS_REGION: 'eu-central-1' }), right(file))).toMatchObject({
          ok: true,
        })
      }
      if (step.run === undefined) continue
      await writeFile(at('script'), step.run.replace('./update', 'bash ./update'))
      const environment = {
        BASH_ENV: join(import.meta.dirname, 'programs.sh'),
        PYTHON: python,
        GITHUB_OUTPUT: at('output'),
        GITHUB_PATH: at('path'),
        PYTHONPATH: at('.'),
      }
      const options = step.shell === 'bash' ? ['-eo', 'pipefail'] : ['-e']
      const [command, ...words] = step.shell === 'python' ? ['python'] : ['bash', ...options]
      // The runner looks up a shell in PATH alone. Only the folders that a script adds have a Python with boto3.
      const path = step.shell === 'python' ? (await read('path')).trim() : process.env['PATH']
      const all = { ...environment, ...withValues(env, ids), ...withValues(step.env, ids), PATH: path }
      await promisify(execFile)(command, [...words, at('script')], { cwd: folder.path, env: all })
      for (const [, key, value = ''] of (await read('output')).matchAll(/^([\w-]+)=(.*)$/gm))
        outputs[`steps.${step.id}.outputs.${key}`] = value
      await writeFile(at('output'), '')
    }
    for (const [key, value] of Object.entries(withValues(ofJob, ids))) outputs[`needs.${name}.outputs.${key}`] = value
  }
})
