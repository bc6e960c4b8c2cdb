#!/usr/bin/env node
// What `npx` starts, on whatever Node there is: so it must not have what an old one cannot read, and it loads the rest only if that can be
// read too. Since 24.2, Node says which module is the program (`import.meta.main`).
const least = [24, 2] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < least[0] || (major === least[0] && minor < least[1])) {
  process.stderr.write(
    `wait-for-permission-set-provisioning needs Node ${least.join('.')} or later, and this is Node ${process.versions.node}. Get a newer one from https://nodejs.org/en/download, then run the command again.\n`,
  )
  process.exitCode = 2
} else {
  const { command } = await import('./index.ts')
  await command(process.argv.slice(2))
}
