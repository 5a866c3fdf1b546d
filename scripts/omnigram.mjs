/** The command line of a checkout: brings the build up to date, then runs it. */
import { allSteps, bootstrap, commandSteps } from './bootstrap.mjs'
import { runScript } from './setup/failure.mjs'

await runScript(async () => {
  await bootstrap(process.argv[2] === 'serve' ? allSteps : commandSteps)
  await import('../dist/cli/main.js')
})
