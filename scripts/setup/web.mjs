/** How are the web pages built? */
import { existsSync } from 'node:fs'
import { root } from './paths.mjs'

const webDir = `${root}/web`
/** The worker of the pages is made of these too. */
const bundled = ['api', 'browser', 'contamination', 'core', 'query']
const wasmDir = `${root}/native/fmindex-wasm/pkg/web`

export const webStep = {
  name: 'web',
  sources: () => ({ roots: [webDir, ...bundled.map((folder) => `${root}/src/${folder}`), wasmDir].filter(existsSync) }),
  isBuilt: () => existsSync(`${webDir}/dist/index.html`),

  async build() {
    const { runStep } = await import('./run-step.mjs')
    await runStep('Building the web pages', process.execPath, [`${root}/node_modules/vite/bin/vite.js`, 'build', 'web'])
  },
}
