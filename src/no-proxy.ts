/**
 * `NO_PROXY` in a spelling that means the same to Node's agents and to GitHub's toolkit. For the toolkit, a bare domain includes its
 * subdomains; for Node's agents, that takes a dot in front. Node's agents also know `*.example.com`, which the toolkit does not.
 */
export function agreedNoProxy(value: string): string {
  const entries = value.split(/[\s,]+/).filter(Boolean)
  return entries
    .flatMap((entry) => (isBareDomain(entry) ? [entry, `.${entry}`] : entry.replace(/^\*\./, '.')))
    .join(',')
}

/** Whether an entry is a domain: not an IP address, without a port, and without a dot in front. */
function isBareDomain(entry: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(entry) && !/^[\d.-]+$/.test(entry)
}
