import type { Simulator } from '../../simulator/simulator.ts'

/** The OIDC token that GitHub's token service, which the simulator imitates, gives a job for this audience. */
export async function idTokenOf({ oidc }: Pick<Simulator, 'oidc'>, audience = 'sts.amazonaws.com'): Promise<string> {
  const headers = { authorization: `Bearer ${oidc.requestToken}` }
  const answer = await fetch(`${oidc.url}&audience=${audience}`, { headers })
  const { value }: { value: string } = JSON.parse(await answer.text())
  return value
}
