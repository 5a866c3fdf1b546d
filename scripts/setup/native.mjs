/** How is the native core built? */
import { existsSync, readdirSync } from 'node:fs'
import { root } from './paths.mjs'

const nativeDir = `${root}/native`
const addonDirs = ['fmindex-node', 'llama-node'].map((name) => `${nativeDir}/${name}`)

export const nativeStep = {
  name: 'native',

  sources() {
    const crates = readdirSync(nativeDir, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && entry.name !== 'target',
    )
    const roots = crates.flatMap(({ name }) =>
      ['src', 'Cargo.toml', 'build.rs'].map((part) => `${nativeDir}/${name}/${part}`),
    )
    return {
      roots: [...roots, `${nativeDir}/Cargo.toml`, `${nativeDir}/Cargo.lock`],
      salt: `${process.platform} ${process.arch}`,
    }
  },

  isBuilt: () =>
    addonDirs.every((dir) => existsSync(`${dir}/index.js`) && readdirSync(dir).some((name) => name.endsWith('.node'))),

  async build() {
    const { runStep } = await import('./run-step.mjs')
    const { checkCompilers } = await import('./toolchain.mjs')
    checkCompilers()
    await runStep('Building the native core', 'npm', ['run', '--silent', 'build:native'])
  },
}
