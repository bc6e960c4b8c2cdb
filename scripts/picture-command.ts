import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { startSimulator } from '../simulator/simulator.ts'

// Draws docs/command.svg: what a terminal shows while the committed command waits.

const size = { cols: 122, rows: 9 }
/** In pixels: a character, a line, and the margin. */
const [characterWidth, lineHeight, margin] = [7.4, 18, 16]
const picture = resolve(import.meta.dirname, '../docs/command.svg')

await using simulator = await startSimulator({ accounts: 120 })
const [requestId = ''] = simulator.start({ seconds: 40 })
const command = 'npx wait-for-permission-set-provisioning --request-file provisioning.json'
const screen = new xterm.Terminal({ ...size, allowProposedApi: true })
screen.write(`$ ${command}\r\n`)
const args = ['--instance-arn', simulator.instanceArn, '--request-id', requestId]
const terminal = spawn(process.execPath, [resolve(import.meta.dirname, '../dist/command.js'), ...args], {
  ...size,
  env: { TERM: 'xterm-256color', ...simulator.environment() },
})
terminal.onData((text) => screen.write(text))
await setTimeout(22_000)
const lines = Array.from({ length: size.rows }, (_, row) => screen.buffer.active.getLine(row)?.translateToString(true))
const ended = new Promise((resolve) => terminal.onExit(resolve))
terminal.kill('SIGTERM')
await ended
await writeFile(picture, svgOf(lines.flatMap((line) => line ?? [])))
console.log(picture)

function svgOf(lines: readonly string[]): string {
  const [width, height] = [Math.ceil(size.cols * characterWidth) + 2 * margin, lines.length * lineHeight + 2 * margin]
  const texts = lines.map((line, row) => {
    const text = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    return `<text x="${margin}" y="${margin + (row + 0.75) * lineHeight}" xml:space="preserve">${text}</text>`
  })
  const font = "font: 12px ui-monospace, 'Liberation Mono', Menlo, monospace; fill: #e6edf3"
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" style="${font}">
<title>The command while it waits</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.join('\n')}
</svg>
`
}
