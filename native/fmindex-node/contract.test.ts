import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, it } from 'vitest'
import * as addon from './index.js'

/** Functions and classes with their methods, as the declarations promise them. */
function readDeclarations(): Record<string, string[]> {
  const path = new URL('./index.d.ts', import.meta.url)
  const source = ts.createSourceFile('index.d.ts', readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const declared: Record<string, string[]> = {}
  for (const statement of source.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) declared[statement.name.text] = []
    if (ts.isClassDeclaration(statement) && statement.name) {
      const methods = statement.members.filter(ts.isMethodDeclaration)
      declared[statement.name.text] = methods.map((method) => method.name.getText(source)).sort()
    }
  }
  return declared
}

/** The same, as the addon has them. */
function readExports(): Record<string, string[]> {
  const functions = Object.entries(addon).filter(([, value]) => typeof value === 'function')
  return Object.fromEntries(
    functions.map(([name, value]) => {
      const names = value.prototype ? Object.getOwnPropertyNames(value.prototype) : []
      return [name, names.filter((method) => method !== 'constructor').sort()]
    }),
  )
}

it('the addon exports what its declarations promise, and no more', () => {
  expect(readExports()).toEqual(readDeclarations())
})
