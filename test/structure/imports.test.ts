import { describe, expect, it } from 'vitest'
import { isTestCode, listFiles, listImports, listStaticImports } from './sources.js'

/** What each folder of src may import besides itself. */
const below: Record<string, readonly string[]> = {
  core: [],
  corpus: ['core'],
  tokenizer: ['core'],
  query: ['core', 'tokenizer'],
  models: ['core'],
  build: ['core', 'corpus', 'tokenizer', 'query', 'models'],
  contamination: ['core', 'corpus', 'tokenizer', 'query', 'models', 'build'],
  traps: ['core', 'corpus', 'tokenizer', 'query', 'models', 'build'],
  repetition: ['core', 'corpus', 'query'],
  drafting: ['core', 'corpus', 'tokenizer', 'query', 'models', 'build'],
  cluster: ['core', 'tokenizer', 'query', 'build'],
  browser: ['core', 'query', 'contamination', 'api'],
  api: ['core', 'corpus', 'tokenizer', 'query', 'models', 'build', 'contamination', 'traps', 'drafting', 'cluster'],
  cli: [
    'core',
    'corpus',
    'tokenizer',
    'query',
    'models',
    'build',
    'contamination',
    'traps',
    'repetition',
    'drafting',
    'cluster',
    'api',
  ],
}

const sources = listFiles('src/*.ts', 'src/**/*.ts')
const product = sources.filter((path) => path !== 'src/index.ts' && !isTestCode(path))
const imports = new Map(sources.map((path) => [path, listImports(path)]))

function folderOf(path: string): string {
  return path.split('/')[1]
}

function importsOf(path: string): string[] {
  return imports.get(path) ?? []
}

describe('imports of src', () => {
  it('point downwards', () => {
    const upward = product.flatMap((path) =>
      importsOf(path)
        .filter((target) => target.startsWith('src/') && folderOf(target) !== folderOf(path))
        .filter((target) => !below[folderOf(path)]?.includes(folderOf(target)))
        .map((target) => `${path} imports ${target}`),
    )
    expect(upward).toEqual([])
  })

  it('reach the native core from corpus, query and build alone', () => {
    const users = product.filter((path) => importsOf(path).includes('#native')).map(folderOf)
    expect([...new Set(users)].filter((folder) => !['corpus', 'query', 'build', 'browser'].includes(folder))).toEqual(
      [],
    )
  })

  it('reach the native model from models alone', () => {
    const users = product.filter((path) => importsOf(path).includes('#llama')).map(folderOf)
    expect([...new Set(users)].filter((folder) => folder !== 'models')).toEqual([])
  })

  it('bring no input or output into core', () => {
    const io = product
      .filter((path) => folderOf(path) === 'core')
      .flatMap((path) => importsOf(path))
      .filter((target) => target.startsWith('node:') && target !== 'node:buffer' && target !== 'node:util')
    expect(io).toEqual([])
  })

  it('take no test code into the product', () => {
    const leaks = product.flatMap((path) =>
      importsOf(path)
        .filter(isTestCode)
        .map((target) => `${path} imports ${target}`),
    )
    expect(leaks).toEqual([])
  })

  it('lead to files that exist', () => {
    const broken = sources.flatMap((path) =>
      importsOf(path)
        .filter((target) => target.startsWith('src/') && !imports.has(target))
        .map((target) => `${path} imports ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('make no cycle', () => {
    expect(findCycle(new Map(sources.map((path) => [path, listStaticImports(path)])))).toBeNull()
  })
})

describe('imports of web', () => {
  it('stay in web, but for the browser module: pages talk HTTP, or put the same requests to that', () => {
    const pages = listFiles('web/*.ts', 'web/*.tsx', 'web/**/*.ts', 'web/**/*.tsx')
    const outward = pages.flatMap((path) =>
      listImports(path)
        .filter((target) => target.startsWith('src/') || target === '#native')
        // The second is small: it tells whether the first is worth loading.
        .filter((target) => !['src/browser/page-site.ts', 'src/browser/kept-folder.ts'].includes(target))
        .map((target) => `${path} imports ${target}`),
    )
    expect(outward).toEqual([])
  })
})

describe('findCycle', () => {
  it('names the modules of a cycle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ])
    expect(findCycle(graph)).toEqual(['b', 'c', 'b'])
  })
})

/** Some cycle of a graph, or null. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): string[] | null => {
    const start = path.indexOf(node)
    if (start >= 0) return [...path.slice(start), node]
    if (done.has(node)) return null
    path.push(node)
    for (const target of graph.get(node) ?? []) {
      const cycle = visit(target)
      if (cycle !== null) return cycle
    }
    path.pop()
    done.add(node)
    return null
  }
  for (const node of graph.keys()) {
    const cycle = visit(node)
    if (cycle !== null) return cycle
  }
  return null
}
