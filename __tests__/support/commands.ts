/** A workflow command, as the runner finds it in what a step writes. */
export interface Command {
  readonly form: '::' | '##['
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly title: string | undefined
  readonly message: string
}

/** Every end of a line that the runner, .NET or a browser knows of; the runner itself goes by the first three. */
const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

/** What .NET's `TrimStart` takes off, and what JavaScript's does besides. */
const blanks = /^[\s\u0085\u180e\u200b\ufeff]+/

export function linesIn(text: string): string[] {
  return text.split(lineEnds)
}

/**
 * The commands in what a step writes (actions/runner, ActionCommand.cs): `::name key=value::message` where a line starts with it, blanks
 * aside; in other lines, the older `##[name]message` anywhere. The runner takes those whose name it knows; here, any name will do.
 */
export function commandsIn(text: string): Command[] {
  return linesIn(text).flatMap((line): Command[] => {
    const trimmed = line.replace(blanks, '')
    const end = trimmed.indexOf('::', 2)
    if (trimmed.startsWith('::') && end > 0) {
      const [name = '', ...rest] = trimmed.slice(2, end).split(' ')
      const properties = propertiesIn(rest.join(' '))
      const message = unescaped(trimmed.slice(end + 2))
      return [{ form: '::', name, properties, title: properties['title'], message }]
    }
    const old = line.indexOf('##[')
    if (old < 0) return []
    const [, name = '', message = ''] = /^##\[([^\]\s;]*)[^\]]*\]?(.*)$/s.exec(line.slice(old)) ?? []
    return [{ form: '##[', name, properties: {}, title: undefined, message }]
  })
}

function propertiesIn(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const [name = '', ...value] = pair.split('=')
    return value.length === 0 ? [] : [[name.trim(), unescaped(value.join('='))]]
  })
  return Object.fromEntries(pairs)
}

function unescaped(text: string): string {
  const characters: Record<string, string> = { '%25': '%', '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',' }
  return text.replace(/%(25|0D|0A|3A|2C)/g, (code) => characters[code] ?? code)
}

/** How the debug lines of the action, and of the toolkit that it uses, begin. */
const ownDebug = /^(sso:\w+: |ID token url is http|\w*Error: )/

/** The commands that are not the action's own: somebody else's text would have started them. */
export function foreignCommandsIn(stdout: string): Command[] {
  return commandsIn(stdout).filter(({ form, name, properties, message }) => {
    if (form === '##[') return true
    const keys = Object.keys(properties).join()
    switch (name) {
      case 'error':
      case 'warning':
      case 'notice':
        return keys !== 'title'
      case 'debug':
        return keys !== '' || !ownDebug.test(message)
      case 'add-mask':
        return keys !== '' || !/^[\w+/=.-]{16,}$/.test(message)
      default:
        return true
    }
  })
}
