import type { Environment } from '../inputs/input.ts'

/** The terminal or file that the log goes to, a part of `process.stderr`. */
export interface LogStream {
  readonly isTTY?: boolean
  /** The width of a terminal. */
  readonly columns?: number
  write(text: string): unknown
  on(event: 'resize', listener: () => void): unknown
}

/** Where the lines of the log go. */
export interface Screen {
  /** Prints whole lines. */
  print(text: string): void
  /** Shows what a function gives below all lines, again and again, for as long as it gives something. */
  follow(lineOf: () => string | null): void
  /** Removes that line for good, and leaves the terminal as it was. */
  end(): void
}

const redrawEveryMs = 250

/** Whether a line may be drawn again and again. CI systems can have a terminal too (CircleCI), and keep every frame of it. */
export function isLive(stream: LogStream, { CI = '', TERM }: Environment): boolean {
  return stream.isTTY === true && TERM !== 'dumb' && ['', 'false', '0'].includes(CI)
}

/** Lines alone. */
export function plainScreen(stream: LogStream): Screen {
  return { print: (text) => stream.write(text), follow() {}, end() {} }
}

/**
 * Lines, and one live line below them. The cursor stays visible and no mode of the terminal changes, so that nothing has to be restored
 * after a crash.
 */
export function liveScreen(stream: LogStream): Screen {
  let lineOf: () => string | null = () => null
  let shown = ''
  let timer: NodeJS.Timeout | undefined

  // It erases nothing above. A terminal that has become narrower may have wrapped the line, or not: what is above can be a line of the log.
  const erase = () => {
    if (shown !== '') stream.write('\r\x1b[J')
    shown = ''
  }
  const draw = () => {
    // The last column stays free, because a character in it can move the cursor to the next line.
    const line = (lineOf() ?? '').slice(0, Math.max(1, (stream.columns ?? 80) - 1))
    if (line === shown) return
    // Over what is there, so that it does not flicker.
    stream.write(`\r${line}\x1b[K`)
    shown = line
  }
  stream.on('resize', () => {
    erase()
    draw()
  })
  return {
    print(text) {
      erase()
      stream.write(text)
      draw()
    },
    follow(next) {
      lineOf = next
      // It must not keep the process alive.
      timer ??= setInterval(draw, redrawEveryMs).unref()
      draw()
    },
    end() {
      clearInterval(timer)
      lineOf = () => null
      erase()
    },
  }
}
