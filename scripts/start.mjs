/** What does a first look at omnigram show? `npm start`: builds what is missing, then serves a demo index. */
import { bootstrap } from './bootstrap.mjs'
import { buildDemo, demoDir, drafting, forums } from './demo/build-demo.mjs'
import { buildReport, reportPath } from './demo/build-report.mjs'
import { runScript } from './setup/failure.mjs'
import { root } from './setup/paths.mjs'

await runScript(async () => {
  await bootstrap()
  await buildDemo()
  await buildReport()
  process.chdir(root)
  const indexDirs = [demoDir, ...forums.map(({ indexDir }) => indexDir)]
  // The page of drafts says how a model is set up where there is none.
  const drafts = drafting.isPossible ? [drafting.indexDir, '--model', drafting.modelPath] : []
  process.argv.splice(
    2,
    Infinity,
    'serve',
    ...indexDirs,
    ...drafts,
    '--port',
    process.env.PORT ?? '8080',
    '--reports',
    reportPath,
  )
  await import('../dist/cli/main.js')
})
