/**
 * A merge in a process of its own, for tests that kill it: `run-merge.mjs OPTIONS [OPERATION]`, options as JSON; with a number it
 * kills itself in place of that operation.
 */
import { mergeIndex } from '../../dist/build/merging/merge-index.js'
import { countOperations } from '../../dist/build/testkit/counting-seams.js'

const [options, operation] = process.argv.slice(2)

const seams = countOperations((number) => {
  if (number === Number(operation)) process.kill(process.pid, 'SIGKILL')
})
const report = await mergeIndex(JSON.parse(options), seams)
process.stdout.write(`${JSON.stringify(report)}\n`)
