/** With which error did a piece of work end? */
import { OmnigramError } from '../../core/errors.js'

export async function failure(work: Promise<unknown>): Promise<OmnigramError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof OmnigramError)) throw new Error(`No failure but ${error}.`)
  return error
}
