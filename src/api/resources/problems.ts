/** What does a kind of problem mean? `GET /problems/{code}`, the address in the `type` of every problem */
import type { Express } from 'express'
import { errorKinds, isErrorCode, OmnigramError } from '../../core/errors.js'
import { refuseMethod } from '../mount-route.js'

export function mountProblems(app: Express): void {
  app
    .route('/problems/:code')
    .get(({ params: { code } }, response) => {
      if (!isErrorCode(code))
        throw new OmnigramError('unknown-route', `No problem has the code '${code.slice(0, 100)}'.`)
      const { status, title, hint, retryable } = errorKinds[code]
      response.json({ code, status, title, hint, retryable })
    })
    .all((request, response) => refuseMethod(request, response, ['GET', 'HEAD']))
}
