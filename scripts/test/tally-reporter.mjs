/** What did vitest run? A reporter that writes the numbers and every skip with its reason to the file named by OMNIGRAM_TALLY. */
import { writeFileSync } from 'node:fs'

export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skips: [], failures: [] }
    for (const error of unhandledErrors) tally.failures.push(`unhandled: ${error.message}`)
    for (const module of modules) {
      // A file that does not load, or a suite whose hook throws, has no failed test to show for it.
      for (const suite of [module, ...module.children.allSuites()]) {
        if (suite.errors().length === 0) continue
        tally.failed++
        tally.failures.push(suite === module ? module.moduleId : `${module.moduleId}: ${suite.fullName}`)
      }
      for (const test of module.children.allTests()) {
        const { state, note } = test.result()
        if (state === 'passed') tally.passed++
        else if (state === 'failed') tally.failed++
        else tally.skips.push(`${test.fullName}${note ? `: ${note}` : ''}`)
        if (state === 'failed') tally.failures.push(`${module.moduleId}: ${test.fullName}`)
      }
    }
    writeFileSync(process.env.OMNIGRAM_TALLY, JSON.stringify(tally))
  }
}
