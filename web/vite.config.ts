/** How are the pages built? An HTML frame a page, each with its scripts and styles, all from this origin. */
import { join } from 'node:path'
import { defineConfig } from 'vite'

const frames = ['index', 'bulletin', 'trace', 'traps', 'drafts']

export default defineConfig({
  root: import.meta.dirname,
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
