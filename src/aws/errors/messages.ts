/**
 * The actions that AWS denied, with the resource, or `null` if AWS names none. One message can hold several denials, with a comma between them
 * (https://github.com/binbashar/le-tf-infra-aws/pull/874).
 */
export function denialsIn(message: string) {
  const found = message.matchAll(/not authorized to perform: ([\w-]+:\w+)(?: on resource: (\S+))?/g)
  return [...found].map(([, action = '', resource]) => ({ action, resource: resource?.replace(/[.,;]$/, '') ?? null }))
}

/** Whether everything that AWS denied is an action of KMS. */
export function deniesOnlyKms(message: string): boolean {
  const denials = denialsIn(message)
  return denials.length > 0 && denials.every(({ action }) => action.startsWith('kms:'))
}

/**
 * The Region that AWS expects, if it refuses a signature because of its Region; `expected` is `null` if AWS does not name it. The result is
 * `null` for any other message. Known forms: "Credential should be scoped to a valid region, not 'eu-west-1'."
 * (https://github.com/cognitect-labs/aws-api/issues/27), "… to a valid region." (https://github.com/aws/aws-sdk-js-v3/issues/5576), and the
 * same with the right Region.
 */
export function signatureRegionIn(message: string): { readonly expected: string | null } | null {
  if (!/scoped to [^.]*\bregion\b/i.test(message)) return null
  const expected = /\bregion:? '?([a-z]{2,}(?:-[a-z]+)+-\d+)\b/i.exec(message)?.[1]
  return { expected: expected ?? null }
}
