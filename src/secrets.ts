/** Takes the place of a secret. */
const placeholder = '***'
/** A secret that is shorter may be a part of any word. It is hidden only with the user before it, as in a URL. */
const leastLength = 6
/** A secret of this form is nothing else, so it is hidden also in texts that are no errors. */
const unmistakable = /^(?=.*\d)(?=.*[a-z])[\w+/=.~-]{16,}$/i
/** How many additions are kept: those of the last ten renewals. Sessions before them have ended. */
const keptAdditions = 20

/** Names of variables and inputs that hold a secret, and of those that hold URLs, which can have a password. */
const namesOfSecrets = /(TOKEN|SECRET|PASSWORD|ACCESS_KEY|ACCESS_KEY_ID)$/i
const namesOfProxies = /^(?!NO_).*PROXY$/i
const namesOfUrls = /PROXY|URL|URI|ENDPOINT/i

/**
 * Every secret that this process knows: those of its environment from the start, and credentials and tokens as soon as it gets them. Texts
 * of errors go through `hide` before they are shown anywhere.
 */
export class Secrets {
  readonly #ofEnvironment: readonly string[]
  #additions: readonly (readonly string[])[] = []
  /** Each secret, and each line of it, because texts are shown line by line. */
  #parts: readonly string[] = []
  #unmistakable: readonly string[] = []
  /** Every spelling of every secret, the longest first; `null` until an error needs them, because most runs have none. */
  #spellings: readonly string[] | null = null

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const variables = Object.entries(environment).map(([name, value = '']) => [name, value] as const)
    this.#ofEnvironment = variables.flatMap(([name, value]) => [
      ...(namesOfSecrets.test(name) || (namesOfProxies.test(name) && URL.parse(value) === null) ? [value] : []),
      ...(namesOfUrls.test(name) ? loginsIn(value).flatMap(secretsIn) : []),
    ])
    this.add()
  }

  /** Adds the secrets of a session. */
  add(...values: readonly string[]): void {
    this.#additions = [...this.#additions, values].slice(-keptAdditions)
    this.#parts = [...this.#ofEnvironment, ...this.#additions.flat()]
      .flatMap((value) => [value, ...value.split(/[\r\n]+/)])
      .map((part) => part.trim())
    this.#unmistakable = longestFirst(this.#parts.filter((part) => unmistakable.test(part)))
    this.#spellings = null
  }

  /** A text of an error without any secret, however the secret is spelt. */
  hide(text: string): string {
    this.#spellings ??= longestFirst(this.#parts.flatMap(spellingsOf))
    return replaced(text, this.#spellings)
  }

  /**
   * Any text without the secrets that nobody can mistake for something else. A second line of defence where people read: it must not touch
   * a word of AWS because somebody has chosen it as a password.
   */
  hideUnmistakable(text: string): string {
    return replaced(text, this.#unmistakable)
  }
}

/** User and password of a URL in the ways to read them: Node and WHATWG's parser read an odd URL differently. */
function loginsIn(url: string): string[] {
  const [, given] = /^\s*(?:[a-z][a-z\d+.-]*:)?[\\/]*(.*)@/is.exec(url) ?? []
  if (given === undefined) return []
  return [given, given.replace(/[\t\r\n]/g, '')].flatMap((text) => [text, decoded(text)])
}

/** The password, or the user if there is no password. With its user, a short password is a secret too. */
function secretsIn(login: string): string[] {
  const [user = '', ...password] = login.split(':')
  if (password.length === 0) return user.includes('/') ? [] : [user]
  return [password.join(':'), `${login}@`, `Basic ${Buffer.from(login).toString('base64')}`]
}

function longestFirst(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((a, b) => b.length - a.length)
}

function replaced(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, placeholder), text)
}

/** A secret as it can stand in a text: as it is, in a URL, in JSON, and as a part of something in Base64. Those that are too short are left out. */
function spellingsOf(secret: string): string[] {
  const plain = [secret, decoded(secret)]
  const encoded = plain.flatMap((text) => [encodeURIComponent(text.toWellFormed()), encodeURI(text.toWellFormed())])
  const inLowerCase = encoded.map((text) => text.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase()))
  const inJson = plain.map((text) => JSON.stringify(text).slice(1, -1))
  const all = [...plain, ...encoded, ...inLowerCase, ...inJson, ...plain.flatMap(inBase64)]
  return secret.length < leastLength ? [] : all.filter(({ length }) => length >= leastLength)
}

/** The characters of Base64 that a text gives on its own, for each place that it can have in what is encoded. */
function inBase64(text: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
    const [start, end] = [Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6)]
    return [bytes.toString('base64').slice(start, end), bytes.toString('base64url').slice(start, end)]
  })
}

/** A percent-encoded text decoded; the text itself if it is not percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
