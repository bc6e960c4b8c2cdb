import { type Paint, paintStatuses } from './terminal.ts'

const headings: Record<string, string> = { error: 'Error: ', warning: 'Warning: ', notice: 'Notice: ', group: '▶ ' }
const styles: Record<string, Parameters<Paint>[0]> = { error: 'red', warning: 'yellow', notice: 'cyan', group: 'bold' }

/**
 * Shows what an action writes as the runner's log does: annotations in words, masked values as `***`, and no debug lines.
 *
 * @param paint gives colours to headings, statuses and times
 * @returns a function that takes the output in pieces of any size, and gives the lines that can be shown by then
 */
export function createRunnerLog(paint: Paint = (_, text) => text): (text: string) => string {
  const secrets: string[] = []
  let unfinished = ''

  function show(line: string): string[] {
    // A title is shown on the job page alone.
    const [, command, data = ''] = /^\s*::([\w-]+)(?: .*?)?::(.*)$/.exec(line) ?? []
    if (command === undefined)
      return [
        paintStatuses(
          line.replace(/^ *\d.*? (?:s|min)(?= {2})/, (time) => paint('dim', time)),
          paint,
        ),
      ]
    const message = plain(data)
    if (command === 'add-mask' && message !== '') secrets.push(message)
    const heading = headings[command]
    return heading === undefined ? [] : [`${paint(styles[command] ?? 'bold', heading)}${message}`]
  }

  return (text) => {
    const lines = `${unfinished}${text}`.split('\n')
    unfinished = lines.pop() ?? ''
    const shown = lines.flatMap(show).map((line) => `${line}\n`)
    return secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), shown.join(''))
  }
}

/** What `@actions/core` has escaped, in a command's message or in one of its properties. */
function plain(text: string): string {
  const characters: Record<string, string> = { '%0A': '\n', '%0D': '\r', '%3A': ':', '%2C': ',', '%25': '%' }
  return text.replace(/%(0A|0D|3A|2C|25)/g, (code) => characters[code] ?? code)
}
