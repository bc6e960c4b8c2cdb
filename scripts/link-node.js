// Runs after `npm ci`, on any Node. npm 10, which Node 20 and 22 bring, removes the packages for other platforms only after it has made the
// links of all of them. They have one name, so node_modules/.bin/node is missing then. (Seen with npm 10.8.2, 10.9.4 and 10.9.9.)
import { existsSync, symlinkSync, writeFileSync } from 'node:fs'

const system = { win32: 'win' }[process.platform] ?? process.platform
const folder = `node-${system}-${process.arch}/bin`
const link = `node_modules/.bin/node${system === 'win' ? '.cmd' : ''}`
if (existsSync(`node_modules/${folder}`) && !existsSync(link)) {
  if (system === 'win') writeFileSync(link, `@"%~dp0\\..\\${folder.replaceAll('/', '\\')}\\node.exe" %*\r\n`)
  else symlinkSync(`../${folder}/node`, link)
}
