import { describe, expect, test } from '@jest/globals'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import type { Simulator } from '../../../simulator/simulator.ts'
import { installed } from '../../support/command.ts'
import { simulate, until } from '../../support/step.ts'

const esc = '\\u001b'
const liveLine = /^\[[#-]{20}\] .*\d s/m

/** A command in a terminal of 80 columns, and what its screen shows. */
function inTerminal(simulator: Simulator, args: readonly string[], environment: Record<string, string> = {}) {
  const place = installed()
  const size = { cols: 80, rows: 24 }
  const screen = new xterm.Terminal({ ...size, allowProposedApi: true })
  const terminal = spawn(process.execPath, [place.file, ...args], {
    ...size,
    cwd: place.folder,
    env: { HOME: place.folder, TERM: 'xterm-256color', ...simulator.environment(), ...environment },
  })
  let raw = ''
  terminal.onData((text) => {
    raw += text
    screen.write(text)
  })
  const ended = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode }) => {
      place[Symbol.dispose]()
      screen.write('', () => resolve(exitCode))
    })
  })
  return {
    ended,
    raw: () => raw,
    /** The lines of the screen, and of what has left it at the top. */
    text: () => {
      const { active } = screen.buffer
      const lines = Array.from(
        { length: active.length },
        (_, row) => active.getLine(row)?.translateToString(true) ?? '',
      )
      return lines.join('\n').trimEnd()
    },
    column: () => screen.buffer.active.cursorX,
    type: (text: string) => terminal.write(text),
    resize: (cols: number) => {
      terminal.resize(cols, 24)
      screen.resize(cols, 24)
    },
  }
}

function waitingFor(simulator: Simulator, requests: string[]): string[] {
  return ['--instance-arn', simulator.instanceArn, '--request-id', requests.join()]
}

/** Nothing of the live line is left, the cursor is at the start of a line, and no mode of the terminal has changed. */
function expectTidy({ column, raw, text }: ReturnType<typeof inTerminal>): void {
  expect(text()).not.toMatch(liveLine)
  expect(column()).toBe(0)
  // Colours, and to erase: nothing else.
  expect(raw().match(new RegExp(`${esc}\\[(?![\\d;]*m|K|J)[^a-zA-Z]*[a-zA-Z]`, 'g'))).toBeNull()
}

describe('on a terminal', () => {
  test.concurrent('one live line shows how far it is, below the lines of the log', async () => {
    await using simulator = await simulate({ seconds: 2.5 })
    const terminal = inTerminal(
      simulator,
      waitingFor(
        simulator,
        simulator.start((index) => ({ seconds: index / 4 }), 10),
      ),
    )
    await until(() => /\n\[#+-+\] [1-9] of 10 requests, \d s$/.test(terminal.text()))
    expect(await terminal.ended).toBe(0)
    expect(terminal.text()).toMatch(/Waiting for 10 requests[\s\S]*All 10 requests succeeded$/)
    expectTidy(terminal)
  })

  test.concurrent('it counts accounts, and says how long the rest takes; Ctrl-C ends the wait', async () => {
    await using simulator = await simulate({ seconds: 40, accounts: 120, speed: 1 })
    simulator.start()
    const args = ['--permission-set-arn', simulator.permissionSetArn, '--timeout-minutes', '0.25']
    const terminal = inTerminal(simulator, args)
    await until(() => /\[#+-+\] \d+ of 120 accounts, \d+ s, about \d+ s left$/.test(terminal.text()))
    terminal.type('\u0003')
    expect(await terminal.ended).toBe(130)
    expect(terminal.text()).toContain('AWS carries on')
    expectTidy(terminal)
  })

  test.concurrent('Ctrl-C ends the reading of what a person types', async () => {
    await using simulator = await simulate()
    const terminal = inTerminal(simulator, ['--instance-arn', simulator.instanceArn, '--request-file', '-'])
    await until(() => terminal.text().includes('nothing has come yet'))
    terminal.type('\u0003')
    expect(await terminal.ended).toBe(130)
    expectTidy(terminal)
  })

  test.concurrent('a crash leaves the terminal as it was, and says what to report', async () => {
    await using simulator = await simulate({ seconds: 60 })
    const crash = 'data:text/javascript,setTimeout(()=>{throw%20new%20Error(%22boom%22)},3000)'
    const args = [...waitingFor(simulator, simulator.start()), '--output', 'json']
    const terminal = inTerminal(simulator, args, { NODE_OPTIONS: `--import=${crash}` })
    await until(() => liveLine.test(terminal.text()))
    expect(await terminal.ended).toBe(5)
    expect(terminal.text()).toMatch(/^The command failed unexpectedly \(Error: boom\)\.$/m)
    expect(terminal.text()).toContain('"verdict": "error"')
    expectTidy(terminal)
  })

  test.concurrent('a narrower window gets a shorter line, and no line of the log is lost', async () => {
    await using simulator = await simulate({ seconds: 60 })
    const terminal = inTerminal(simulator, waitingFor(simulator, simulator.start({}, 2)))
    await until(() => /0 of 2 done/.test(terminal.text()) && liveLine.test(terminal.text()))
    terminal.resize(30)
    await until(() => /\n\[-{20}\] 0 of 2$/.test(terminal.text()))
    terminal.resize(80)
    await until(() => /\n\[-{20}\] 0 of 2 requests, \d+ s$/.test(terminal.text()))
    terminal.type('\u0003')
    await terminal.ended
    expect(terminal.text()).toMatch(/0 of 2 done/)
    expect(terminal.column()).toBe(0)
  })

  const without = [
    ['TERM is dumb', [], { TERM: 'dumb' }],
    ['CI is set', [], { CI: 'true' }],
    ['--progress is plain', ['--progress', 'plain'], {}],
  ] as const
  test.concurrent.each(without)('there is no live line where %s', async (_, args, environment) => {
    await using simulator = await simulate({ seconds: 0.5 })
    const given = [...waitingFor(simulator, simulator.start()), ...args]
    const terminal = inTerminal(simulator, given, environment)
    expect(await terminal.ended).toBe(0)
    expect(terminal.raw()).not.toMatch(new RegExp(`\\[[#-]{20}\\]|${esc}\\[[KJ]`))
  })

  test.concurrent('colours are for those who want them', async () => {
    await using simulator = await simulate()
    const args = waitingFor(simulator, simulator.start())
    const coloured = inTerminal(simulator, args)
    const plain = inTerminal(simulator, args, { NO_COLOR: '1' })
    await Promise.all([coloured.ended, plain.ended])
    expect(coloured.raw()).toMatch(new RegExp(`${esc}\\[32mSUCCEEDED`))
    expect(plain.raw()).not.toMatch(new RegExp(`${esc}\\[\\d*m`))
    const withoutTimes = (text: string) => text.replace(/^ +[\d.]+ s/gm, '')
    expect(withoutTimes(plain.text())).toBe(withoutTimes(coloured.text()))
  })
})
