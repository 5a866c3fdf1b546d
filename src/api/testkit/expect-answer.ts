/** Does an answer hold exactly what its route declares? */
import { expect } from 'vitest'
import type { Route } from '../route.js'

/** Fails on fields that are missing, of another type, or not declared. */
export function expectDeclared(route: Route, body: unknown): void {
  expect(route.schemas.answer.parse(body)).toEqual(body)
}
