/**
 * Does everything hold? `npm test`: brings the build up to date, then lint, types, Rust, TypeScript and browser tests, and one
 * closing line that sums them: `N passed, N failed`, with `, N skipped` where something was. With CI set a skip is a failure.
 */
import { bootstrap, testSteps } from './bootstrap.mjs'
import { runScript } from './setup/failure.mjs'
import { stages } from './test/stages.mjs'
import { summarise } from './test/summary.mjs'

await runScript(async () => {
  await bootstrap(testSteps)
  const tallies = []
  for (const runStage of stages) tallies.push(await runStage())
  const { lines, isGreen } = summarise(tallies, !['', 'false', undefined].includes(process.env.CI))
  process.stdout.write(`\n${lines.join('\n')}\n`)
  if (!isGreen) process.exitCode = 1
})
