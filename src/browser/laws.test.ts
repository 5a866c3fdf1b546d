import { describe, expect, it } from 'vitest'
import { lawsAddress, lawsLack } from './testkit/wasm-lack.js'

interface Laws {
  listLaws(): string[]
  checkLaws(name: string, seed: number, cases: number): void
}

describe.skipIf(lawsLack)('the laws of the core, compiled for pages', async () => {
  const laws: Laws | null = lawsLack === null ? await import(lawsAddress.href) : null
  const parts = laws?.listLaws() ?? ['laws']

  it.each(parts)('hold: %s', (part) => {
    expect(() => laws?.checkLaws(part, 1, 300)).not.toThrow()
  })
})
