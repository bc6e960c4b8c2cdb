/**
 * A page with another text in one of its parts, which stands between `<!-- NAME -->` and `<!-- /NAME -->`.
 *
 * @throws Error if the page has no such part
 */
export function withPart(page: string, name: string, text: string): string {
  const place = new RegExp(`(<!-- ${name} -->\n).*(<!-- /${name} -->)`, 's')
  if (!place.test(page)) throw new Error(`The page has no part ${name}`)
  return page.replace(place, (_, start, end) => `${start}\n${text}\n\n${end}`)
}
