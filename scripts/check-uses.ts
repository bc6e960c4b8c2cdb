import MarkdownIt from 'markdown-it'
import { isMap, isScalar, LineCounter, parseDocument, visit, type YAMLMap } from 'yaml'
import { type Definition, plausibleInputs, readGiven } from './check-definition.ts'

/** Some YAML, and its place. */
export interface Source {
  readonly file: string
  readonly text: string
  /** How many lines of the file come before it. */
  readonly linesBefore: number
}

/** A mapping with `uses:`. It is a step, or a job that calls a workflow. */
interface Use {
  readonly place: string
  readonly uses: string
  readonly id: string | null
  readonly inputs: Readonly<Record<string, string>>
}

/** Inputs that a use leaves out if another one says what to wait for. */
const whatToWaitFor = ['request-id', 'permission-set-arn']
const plausiblePermissionSet = 'arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef'

/** The YAML in a page's code blocks. */
export function snippetsIn(file: string, markdown: string): Source[] {
  return new MarkdownIt()
    .parse(markdown, {})
    .filter(({ type, info }) => type === 'fence' && /^ya?ml\b/.test(info))
    .map(({ content, map }) => ({ file, text: content, linesBefore: (map?.[0] ?? 0) + 1 }))
}

/** What is wrong with uses of this action: names, values, versions, and the outputs that later steps read. */
export function problemsOfUses(source: Source, definition: Definition): string[] {
  const { uses, problems } = usesIn(source)
  const own = uses.filter((use) => isOwn(use, definition))
  for (const use of own) problems.push(...problemsOfUse(use, definition))
  for (const { id } of own) {
    const reads = id === null ? [] : source.text.matchAll(new RegExp(`\\bsteps\\.${id}\\.outputs\\.([\\w-]+)`, 'g'))
    for (const [whole, name = ''] of reads) {
      if (!definition.outputs.has(name))
        problems.push(`${source.file}: ${whole} is read, but the action has no output '${name}'`)
    }
  }
  return problems
}

/**
 * What is wrong with pins. Each other action needs a commit, with the version beside it, and the same one everywhere. This action needs that
 * too where it is pinned to a commit.
 */
export function problemsOfPins(sources: readonly Source[], definition: Definition): string[] {
  const versions = new Map<string, string>()
  return sources.flatMap((source) => {
    const pinned = usesIn(source).uses.filter(
      (use) => !use.uses.startsWith('./') && (!isOwn(use, definition) || hasCommit(use)),
    )
    return pinned.flatMap(({ place, uses }) => {
      const [, action = '', ref = ''] = /^([^@]*)@(.*)$/.exec(uses) ?? []
      if (!hasCommit({ uses })) return [`${place}: ${uses} is not pinned by a commit of 40 hexadecimal digits`]
      const comment = new RegExp(`${ref}\\s+#\\s+(v\\d+\\.\\d+\\.\\d+)\\s*$`, 'm').exec(source.text)?.[1]
      if (comment === undefined) return [`${place}: ${uses} needs its version as a comment, as in '# v1.2.3'`]
      const owner = action.split('/').slice(0, 2).join('/')
      const known = versions.get(owner) ?? `${ref} ${comment}`
      versions.set(owner, known)
      return known === `${ref} ${comment}` ? [] : [`${place}: ${owner} is pinned to ${known} elsewhere`]
    })
  })
}

/** What is wrong with a workflow's protection of its token and its shell. */
export function problemsOfSafety({ file, text }: Source): string[] {
  const document = parseDocument(text)
  const problems: string[] = []
  const permissions = document.get('permissions')
  if (!isMap(permissions) || permissions.items.length > 0)
    problems.push(`${file}: 'permissions: {}' must be at the top, and each job must name the permissions that it needs`)
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === 'run' && isScalar(value) && String(value.value).includes('${{'))
        problems.push(`${file}: 'run:' holds an expression; pass it to the script through 'env:'`)
    },
  })
  return problems
}

function problemsOfUse({ place, uses, inputs: given }: Use, definition: Definition): string[] {
  const { inputs, majorVersion, repository } = definition
  const problems: string[] = []
  if (uses.startsWith(repository) && uses !== `${repository}@v${majorVersion}` && !hasCommit({ uses }))
    problems.push(`${place}: ${uses} should be ${repository}@v${majorVersion}`)
  for (const name of Object.keys(given)) {
    if (!inputs.has(name))
      problems.push(`${place}: the action has no input '${name}'; it has ${[...inputs.keys()].join(', ')}`)
  }
  for (const [name, { required }] of inputs) {
    if (required && given[name] === undefined) problems.push(`${place}: the required input '${name}' is missing`)
  }
  const fixed = Object.entries(given).filter(([, value]) => !value.includes('${{'))
  // What to wait for is not a single required input: the action says itself whether it is missing.
  const missing = whatToWaitFor.filter((name) => !(name in given)).map((name) => [name, ''])
  const plausible = { ...plausibleInputs, 'permission-set-arn': plausiblePermissionSet, ...Object.fromEntries(missing) }
  const read = readGiven({ ...plausible, ...Object.fromEntries(fixed) })
  if (!read.ok) problems.push(...read.problems.map((problem) => `${place}: ${problem}`))
  return problems
}

function isOwn({ uses }: Use, { repository }: Definition): boolean {
  return uses === './' || uses.startsWith(`${repository}@`)
}

function hasCommit({ uses }: Pick<Use, 'uses'>): boolean {
  return /@[0-9a-f]{40}$/.test(uses)
}

function usesIn({ file, text, linesBefore }: Source): { uses: Use[]; problems: string[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const placeOf = (offset: number) => `${file}:${lines.linePos(offset).line + linesBefore}`
  const problems = document.errors.map(({ message, pos }) => `${placeOf(pos[0])}: ${message}`)
  const uses: Use[] = []
  visit(document, {
    Map(_, map) {
      const name = map.get('uses')
      if (typeof name !== 'string') return
      const id = map.get('id')
      const place = placeOf(map.range?.[0] ?? 0)
      uses.push({ place, uses: name, id: typeof id === 'string' ? id : null, inputs: inputsOf(map) })
    },
  })
  return { uses, problems }
}

function inputsOf(step: YAMLMap): Record<string, string> {
  const given = step.get('with')
  if (!isMap(given)) return {}
  return Object.fromEntries(
    given.items.map(({ key, value }) => [
      String(isScalar(key) ? key.value : key),
      String(isScalar(value) ? value.value : value),
    ]),
  )
}
