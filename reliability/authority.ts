import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A certificate authority of this machine, and a certificate that it has issued. */
export interface Authority {
  /** For `NODE_EXTRA_CA_CERTS`. */
  readonly file: string
  readonly key: string
  readonly cert: string
}

const run = promisify(execFile)

/** Made by OpenSSL, anew in each run of the suite, so that no key is ever kept. */
export async function createAuthority(hosts: readonly string[]): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'authority-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const at = (name: string) => join(folder, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = hosts.map((host) => (/^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`)).join(',')
  await writeFile(at('extensions'), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`)
  await run('openssl', [
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=Local authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  ])
  await run('openssl', [
    'req',
    ...newKey,
    '-subj',
    '/CN=Local server',
    '-keyout',
    at('key.pem'),
    '-out',
    at('request.pem'),
  ])
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2']
  await run('openssl', [
    'x509',
    '-req',
    '-in',
    at('request.pem'),
    ...signing,
    '-extfile',
    at('extensions'),
    '-out',
    at('cert.pem'),
  ])
  const [key, cert] = await Promise.all([readFile(at('key.pem'), 'utf8'), readFile(at('cert.pem'), 'utf8')])
  return { file: at('ca.pem'), key, cert }
}
