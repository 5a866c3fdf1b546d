import { expect, it } from 'vitest'
import { errorKinds } from '../src/core/errors.ts'
import { readErrorsDoc, renderErrorsDoc } from './write-errors-doc.mjs'

it('docs/errors.md is in step with the registry: else run `npm run docs`', () => {
  expect(readErrorsDoc()).toBe(renderErrorsDoc(errorKinds))
})
