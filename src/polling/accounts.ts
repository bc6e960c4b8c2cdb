import type { AccountsQuery, Answer, Api, Page } from './api.ts'
import type { Ask } from './ask.ts'
import type { AccountCount } from './snapshot.ts'

/** All accounts of a query; `null` if a call was not made. The calls are optional, so required calls go before them. */
export async function listAccounts(
  api: Api,
  ask: Ask,
  query: AccountsQuery,
  signal: AbortSignal,
): Promise<Answer<string[]> | null> {
  const accounts: string[] = []
  let token: string | null = null
  do {
    const next: string | null = token
    const page: Answer<Page<string>> | null = await ask({ priority: 'optional', signal }, (callSignal) =>
      api.listAccounts(query, next, callSignal),
    )
    if (page === null || !page.ok) return page
    accounts.push(...page.value.rows)
    token = page.value.nextToken
  } while (token !== null)
  return { ok: true, value: accounts }
}

/** How many of the accounts that hold a permission set hold its latest version. */
export async function countAccounts(
  api: Api,
  ask: Ask,
  permissionSetArn: string,
  signal: AbortSignal,
): Promise<Answer<AccountCount> | null> {
  const latest = await listAccounts(api, ask, { permissionSetArn, latest: true }, signal)
  if (latest === null || !latest.ok) return latest
  const behind = await listAccounts(api, ask, { permissionSetArn, latest: false }, signal)
  if (behind === null || !behind.ok) return behind
  return { ok: true, value: { latest: latest.value.length, total: latest.value.length + behind.value.length } }
}
