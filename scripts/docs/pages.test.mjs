import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as flags from '../../src/cli/flags.ts'
import * as verbs from '../../src/cli/verbs.ts'
import { errorKinds } from '../../src/core/errors.ts'
import { root } from '../setup/paths.mjs'
import { renderCliPage } from './cli-page.mjs'
import { renderErrorsPage } from './errors-page.mjs'

const readPage = (name) => readFileSync(`${root}/docs/${name}`, 'utf8')

it('docs/errors.md is in step with the registry: else run `npm run docs`', () => {
  expect(readPage('errors.md')).toBe(renderErrorsPage(errorKinds))
})

it('docs/cli.md is in step with the tables of verbs and flags: else run `npm run docs`', () => {
  expect(readPage('cli.md')).toBe(renderCliPage(verbs, flags))
})
