/** How does src/ become dist/? */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

const sourceDir = `${root}/src`
const distDir = `${root}/dist`

export const typescriptStep = {
  name: 'typescript',
  sources: () => ({
    roots: [sourceDir, `${root}/tsconfig.base.json`, `${root}/tsconfig.build.json`],
    accepts: isSource,
  }),
  isBuilt: () => existsSync(`${distDir}/.tsbuildinfo`),

  async build() {
    const { runStep } = await import('./run-step.mjs')
    // Types are checked by the tests; a start need not wait for it.
    const compiler = `${root}/node_modules/typescript/bin/tsc`
    await runStep('Compiling the TypeScript', process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'])
    removeOrphans(distDir, sourceDir)
  },
}

function isSource(path) {
  return path.endsWith('.ts') && !path.endsWith('.test.ts')
}

/** Removes what was compiled from a source that is no longer there. */
function removeOrphans(outputDir, inputDir) {
  for (const entry of readdirSync(outputDir, { withFileTypes: true })) {
    const output = join(outputDir, entry.name)
    if (entry.isDirectory()) {
      if (existsSync(join(inputDir, entry.name))) removeOrphans(output, join(inputDir, entry.name))
      else rmSync(output, { recursive: true })
    } else {
      const source = entry.name.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts')
      if (source !== entry.name && !existsSync(join(inputDir, source))) rmSync(output)
    }
  }
}
