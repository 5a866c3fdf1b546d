import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listFiles, readSource } from './sources.js'

const maxLines = 600
const medianLines = 180

const code = listFiles('*.ts', '*.tsx', '*.rs', '*.mjs', '*.py', '*.cpp', '*.css').filter(
  (path) => !path.endsWith('.d.ts'),
)
const lineCounts = new Map(code.map((path) => [path, readSource(path).split('\n').length - 1]))

describe('the files', () => {
  it('are short', () => {
    expect([...lineCounts].filter(([, lines]) => lines > maxLines)).toEqual([])
    const sorted = [...lineCounts.values()].sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(medianLines)
  })

  it('are named in kebab-case in TypeScript and snake_case in Rust', () => {
    const odd = code.filter((path) => {
      const name = basename(path).replace(/\..*$/, '')
      return path.endsWith('.rs') ? !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name) : !/^[a-z0-9]+([-_][a-z0-9]+)*$/.test(name)
    })
    expect(odd).toEqual([])
  })

  it('have no drawer for leftovers and no barrel but the package entry', () => {
    const drawers = code.filter((path) => /(^|\/)(utils?|helpers|misc|common)(\/|\.)/.test(path))
    expect(drawers).toEqual([])
    const barrels = code.filter(
      (path) => /^src\/.*\/index\.tsx?$/.test(path) || (path.startsWith('src/') && isBarrel(path)),
    )
    expect(barrels).toEqual([])
  })

  it('open with the question they answer', () => {
    const product = code.filter((path) => /^(src|native\/[^/]+\/src)\//.test(path) && !path.includes('.test.'))
    const mute = product.filter((path) => !/^(\/\/! |\/\*\*)/.test(readSource(path).replace(/^#![^[].*\n/, '')))
    expect(mute).toEqual([])
  })

  it('hold nothing unfinished or silenced', () => {
    // Spelled in halves, so that this file does not hold them either.
    const words = [
      ['TO', 'DO'],
      ['FIX', 'ME'],
      ['XX', 'X'],
      ['todo', '!('],
      ['unimplemented', '!('],
      ['@ts-', 'ignore'],
      ['@ts-', 'nocheck'],
      ['biome-', 'ignore'],
      ['as ', 'any'],
      ['it.', 'only('],
      ['it.', 'skip('],
      ['describe.', 'only('],
      ['describe.', 'skip('],
      ['test.', 'only('],
      ['test.', 'skip('],
      ['#[', 'ignore'],
    ].map((halves) => halves.join(''))
    const found = code.flatMap((path) => {
      const text = readSource(path)
      return words
        .filter((word) => new RegExp(`(?<![A-Za-z])${escapeRegExp(word)}(?![A-Za-z])`).test(text))
        .map((word) => `${path}: ${word}`)
    })
    expect(found).toEqual([])
  })
})

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Whether a module does nothing but hand on what others export. */
function isBarrel(path: string): boolean {
  const statements = readSource(path)
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replace(/\{[^}]*\}/g, '{}')
    .split('\n')
    .filter((line) => line.trim() !== '')
  return path !== 'src/index.ts' && statements.length > 0 && statements.every((line) => /^export .* from '/.test(line))
}
