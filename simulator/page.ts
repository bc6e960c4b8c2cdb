import { ServiceError } from './answers.ts'
import { type Members, maxResults, optionalMember } from './members.ts'

/**
 * The rows of one page. Its token is a position in the whole list, so that rows which change between two pages neither
 * repeat nor hide others, and no page looks again at what an earlier one has seen.
 */
export function page<Row>(all: readonly Row[], matches: (row: Row) => boolean, input: Members, pageSize: number) {
  const limit = Math.min(maxResults(input), pageSize)
  const token = optionalMember(input, 'NextToken')
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString())
  if (!(start >= 0)) throw new ServiceError('ValidationException', 'Invalid NextToken')
  const rows: Row[] = []
  for (let position = start; position < all.length; position++) {
    const row = all[position]
    if (row === undefined || !matches(row)) continue
    if (rows.length === limit) return { rows, nextToken: Buffer.from(String(position)).toString('base64') }
    rows.push(row)
  }
  return { rows, nextToken: undefined }
}
