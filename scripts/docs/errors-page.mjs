/** What does docs/errors.md say? */

const introduction = `# Errors

Every error that a user can meet has a code of this list. Over HTTP it is the last part of the problem's \`type\`
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)); on the command line it decides the exit code: 2 usage, 3 input,
4 damaged index, 5 unavailable, 70 a fault of omnigram itself, 130 stopped by the user. Each comes with a detail that
says what was seen and where. *Retry* means that the same request may succeed later.

This page is written by \`npm run docs\` from \`src/core/errors.ts\`.
`

/** The page for a registry of errors. */
export function renderErrorsPage(errorKinds) {
  const sections = Object.entries(errorKinds).map(([code, { status, exitCode, retryable, title, hint }]) => {
    const facts = `- HTTP ${status} · exit code ${exitCode}${retryable ? ' · retry' : ''}`
    return [`## ${code}`, '', title, '', facts, `- ${hint}`, ''].join('\n')
  })
  return [introduction, ...sections].join('\n')
}
