import { afterEach, beforeEach } from '@jest/globals'

/** Gives every test of a file an environment without settings of AWS and proxies, and restores it afterwards. */
export function withOwnEnvironment(): void {
  const before = { ...process.env }
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/^(AWS_|INPUT_|GITHUB_|ACTIONS_|(https?|no)_proxy$)/i.test(name)) delete process.env[name]
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' })
  })
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
  })
}
