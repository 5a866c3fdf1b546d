/** What does a first look at omnigram show? `npm start`: builds what is missing, then serves a demo index. */
import { bootstrap } from './bootstrap.mjs'
import { buildDemo, demoDir } from './demo/build-demo.mjs'
import { runScript } from './setup/failure.mjs'
import { root } from './setup/paths.mjs'

await runScript(async () => {
  await bootstrap()
  await buildDemo()
  process.chdir(root)
  process.argv.splice(2, Infinity, 'serve', demoDir, '--port', process.env.PORT ?? '8080')
  await import('../dist/cli/main.js')
})
