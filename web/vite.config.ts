/** How are the pages built? An HTML frame a page, each with its scripts and styles, all from this origin. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vite'

const frames = ['index', 'bulletin', 'trace', 'traps', 'drafts']

/** The core for pages; where it can't be built, the pages do without, and say so. */
const hasWasm = existsSync(join(import.meta.dirname, '../native/fmindex-wasm/pkg/web/fmindex_wasm.js'))

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))

export default defineConfig({
  root: import.meta.dirname,
  // The same files work at the root of a server and in any folder of a file host.
  base: './',
  define: { OMNIGRAM_VERSION: JSON.stringify(version) },
  resolve: { alias: hasWasm ? {} : { '#wasm': join(import.meta.dirname, 'src/local/no-wasm.ts') } },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: frames.map((frame) => join(import.meta.dirname, `${frame}.html`)) },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { host: '127.0.0.1', proxy: { '/v1': 'http://127.0.0.1:8080' } },
})
