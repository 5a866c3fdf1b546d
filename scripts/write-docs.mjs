/** Which pages of docs/ follow from the code? `npm run docs` writes them; a test compares. */
import { writeFileSync } from 'node:fs'
import { bootstrap } from './bootstrap.mjs'
import { renderCliPage } from './docs/cli-page.mjs'
import { renderErrorsPage } from './docs/errors-page.mjs'
import { runScript } from './setup/failure.mjs'
import { packagesStep } from './setup/packages.mjs'
import { root } from './setup/paths.mjs'
import { typescriptStep } from './setup/typescript.mjs'

await runScript(async () => {
  await bootstrap([packagesStep, typescriptStep])
  const [{ errorKinds }, verbs, flags] = await Promise.all(
    ['core/errors', 'cli/verbs', 'cli/flags'].map((module) => import(`../dist/${module}.js`)),
  )
  writeFileSync(`${root}/docs/errors.md`, renderErrorsPage(errorKinds))
  writeFileSync(`${root}/docs/cli.md`, renderCliPage(verbs, flags))
})
