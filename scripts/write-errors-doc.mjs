/** Which errors are there? Writes docs/errors.md from the one registry, src/core/errors.ts. */
import { readFileSync, writeFileSync } from 'node:fs'
import { bootstrap } from './bootstrap.mjs'
import { runScript } from './setup/failure.mjs'
import { packagesStep } from './setup/packages.mjs'
import { root } from './setup/paths.mjs'
import { typescriptStep } from './setup/typescript.mjs'

const path = `${root}/docs/errors.md`

const introduction = `# Errors

Every error that a user can meet has a code of this list. Over HTTP it is the last part of the problem's \`type\`
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)); on the command line it decides the exit code: 2 usage, 3 input,
4 damaged index, 5 unavailable, 70 a fault of omnigram itself, 130 stopped by the user. Each comes with a detail that
says what was seen and where. *Retry* means that the same request may succeed later.

This page is written by \`npm run docs\` from \`src/core/errors.ts\`.
`

/** The page as it should be for a registry of errors. */
export function renderErrorsDoc(errorKinds) {
  const sections = Object.entries(errorKinds).map(([code, { status, exitCode, retryable, title, hint }]) =>
    [
      `## ${code}`,
      '',
      title,
      '',
      `- HTTP ${status} · exit code ${exitCode}${retryable ? ' · retry' : ''}`,
      `- ${hint}`,
      '',
    ].join('\n'),
  )
  return [introduction, ...sections].join('\n')
}

/** The page as it is. */
export function readErrorsDoc() {
  return readFileSync(path, 'utf8')
}

if (process.argv[1] === import.meta.filename) {
  await runScript(async () => {
    await bootstrap([packagesStep, typescriptStep])
    const { errorKinds } = await import('../dist/core/errors.js')
    writeFileSync(path, renderErrorsDoc(errorKinds))
  })
}
