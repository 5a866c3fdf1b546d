import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSource, root } from './sources.js'

const { files, bin, exports, imports, scripts, version } = JSON.parse(readSource('package.json'))

describe('the package', () => {
  it('has everything that package.json names', () => {
    const named = [
      ...files,
      ...Object.values(bin),
      ...Object.values(exports).flatMap((entry) => Object.values(entry as object)),
      ...Object.values(imports['#native']),
    ]
    expect(named.filter((path: string) => !existsSync(join(root, path)))).toEqual([])
  })

  it('starts and tests with plain Node, so that both work before anything is installed', () => {
    expect([scripts.start, scripts.test]).toEqual(['node scripts/start.mjs', 'node scripts/test.mjs'])
  })

  it('is imported by its own name', async () => {
    const [library, server] = await Promise.all(['omnigram', 'omnigram/server'].map((name) => import(name)))
    expect(Object.keys(library)).toEqual(expect.arrayContaining(['buildIndex', 'openIndex', 'OmnigramError']))
    expect(Object.keys(server)).toContain('startServer')
  })

  it('has one version in Node and Rust', () => {
    expect(/\[workspace\.package\]\nversion = "(.+)"/.exec(readSource('native/Cargo.toml'))?.[1]).toBe(version)
  })

  it('locks the optional packages of every platform, as `npm ci` refuses a lock that leaves some out', () => {
    const { packages } = JSON.parse(readSource('package-lock.json'))
    const missing = Object.keys(packages).flatMap((parent) =>
      Object.keys(packages[parent].optionalDependencies ?? {}).filter(
        (name) => !(`${parent}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
      ),
    )
    expect(missing).toEqual([])
  })
})
