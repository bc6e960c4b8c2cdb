const headings: Record<string, string> = { error: 'Error: ', warning: 'Warning: ', notice: 'Notice: ', group: '▶ ' }

/**
 * Shows what an action writes as the runner's log does: annotations in words, masked values as `***`, and no debug lines.
 *
 * @returns a function that takes the output in pieces of any size, and gives the lines that can be shown by then
 */
export function createRunnerLog(): (text: string) => string {
  const secrets: string[] = []
  let unfinished = ''

  function show(line: string): string[] {
    // A title is shown on the job page alone.
    const [, command, data = ''] = /^\s*::([\w-]+)(?: .*?)?::(.*)$/.exec(line) ?? []
    if (command === undefined) return [line]
    const message = plain(data)
    if (command === 'add-mask' && message !== '') secrets.push(message)
    const heading = headings[command]
    return heading === undefined ? [] : [`${heading}${message}`]
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
