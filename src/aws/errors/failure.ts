import { type CallFailure, isAccessDenied } from '../../requests/api.ts'
import { otherErrorOfCalls, rowsOfCalls } from './call-rows.ts'
import type { ErrorContext } from './context.ts'
import { failureOf, otherErrorOfCredentials, rowsOfMissingCredentials } from './credentials-rows.ts'
import { factsOf, quoted, rawFactsOf } from './facts.ts'
import { rowsOfSurroundings, said, type Text } from './row.ts'

/**
 * What an error means for the wait, and what people read about it: that of the first row that applies. Never throws, whatever was thrown.
 *
 * The names are those of the SSO Admin API's model, of STS, and of AWS's common errors
 * (https://docs.aws.amazon.com/singlesignon/latest/APIReference/CommonErrors.html).
 */
export function failureFrom(thrown: unknown, context: ErrorContext): CallFailure {
  const raw = rawFactsOf(thrown)
  const ofCredentials = raw.source !== null
  const rows = [...rowsOfSurroundings, ...(ofCredentials ? rowsOfMissingCredentials : rowsOfCalls)]
  const other = ofCredentials ? otherErrorOfCredentials : otherErrorOfCalls
  const row = rows.find(({ when }) => when(raw, context)) ?? other
  const facts = factsOf(thrown, context.secrets)
  const { effect = 'refused', scope = 'every-call', title, message, remedy = '', snippet } = row
  const { what = ofCredentials ? failureOf : title, words = quoted } = row
  const verbatim = (text: Text) => said(text, facts, context)
  const own = (text: Text) => context.wording.own(verbatim(text))
  return {
    effect,
    scope,
    code: `${ofCredentials ? 'credentials: ' : ''}${raw.code || raw.name}`,
    title: own(title),
    message: message === undefined ? `${own(what)} (${verbatim(words)})` : own(message),
    remedy: own(remedy),
    ...(snippet !== undefined && { snippet: verbatim(snippet) }),
  }
}

/**
 * The failure of a call, with the Region as its cause if it was denied and did not go to the instance's primary Region. AWS denies it there
 * whatever the role's policy says. So the text names the Region first, and there is no policy to paste. `primaryRegion`: `null` if it is not
 * known.
 */
export function locatedFailure(failure: CallFailure, primaryRegion: string | null, region: string): CallFailure {
  if (primaryRegion === null || primaryRegion === region || !isAccessDenied(failure)) return failure
  const { snippet: _, ...rest } = failure
  return {
    ...rest,
    scope: 'every-call',
    title: `Wrong Region: the instance's primary Region is ${primaryRegion}`,
    message: `The instance's primary Region is ${primaryRegion}, and not ${region}. ${failure.message}`,
    remedy: `Set 'aws-region' to ${primaryRegion}: permission sets can be read only there.`,
  }
}
