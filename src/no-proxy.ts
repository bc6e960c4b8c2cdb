/**
 * `NO_PROXY` in a spelling that all who read it agree on. A bare domain stands for its subdomains too, which Node's agents take it for
 * only with a dot in front; `*.` in front means that same dot, which the toolkit does not know.
 */
export function agreedNoProxy(value: string): string {
  const entries = value.split(/[\s,]+/).filter(Boolean)
  return entries
    .flatMap((entry) => (isBareDomain(entry) ? [entry, `.${entry}`] : entry.replace(/^\*\./, '.')))
    .join(',')
}

/** Neither an address, nor a name with a port, nor one that says itself that it stands for subdomains. */
function isBareDomain(entry: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(entry) && !/^[\d.-]+$/.test(entry)
}
