/**
 * `NO_PROXY` in a spelling that means the same to Node's agents and to GitHub's toolkit. A bare domain also stands for its subdomains,
 * which Node's agents only accept with a dot in front. Of the two spellings of that, `.example.com` and `*.example.com`, the toolkit knows
 * the first alone.
 */
export function agreedNoProxy(value: string): string {
  const entries = value.split(/[\s,]+/).filter(Boolean)
  return entries
    .flatMap((entry) => (isBareDomain(entry) ? [entry, `.${entry}`] : entry.replace(/^\*\./, '.')))
    .join(',')
}

/** No address, no port, and no dot in front. */
function isBareDomain(entry: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(entry) && !/^[\d.-]+$/.test(entry)
}
