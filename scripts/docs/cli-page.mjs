/** What does docs/cli.md say? */

const introduction = `# Command line

\`./omnigram VERB …\` in a checkout, \`omnigram VERB …\` where the package is installed. Results go to standard output, everything
else to standard error. The verbs that read take the folder of an index, one shard file, or the address of an index on a
server (\`http://host:port/NAME\`) alike. Sizes are written \`8G\` or \`8GiB\`, times \`10s\` or \`500ms\`. Exit codes are those of
[errors.md](errors.md). Ctrl-C once stops cleanly, twice at once.

This page is written by \`npm run docs\` from \`src/cli/flags.ts\` and \`src/cli/verbs.ts\`.
`

/** The page for the tables of verbs and flags. */
export function renderCliPage({ verbs, commonFlags }, { flagTable }) {
  const sections = verbs.map(({ name, args, summary, flags, examples }) => {
    const rows = flags.map((flag) => renderFlag(flagTable[flag]))
    const table = rows.length === 0 ? [] : ['| flag | |', '| --- | --- |', ...rows, '']
    return [
      `## ${name}`,
      '',
      summary,
      '',
      `    omnigram ${name} ${args}`,
      '',
      ...table,
      ...renderExamples(examples),
      '',
    ].join('\n')
  })
  const common = [
    '## Every verb',
    '',
    '| flag | |',
    '| --- | --- |',
    ...commonFlags.map((flag) => renderFlag(flagTable[flag])),
    '',
  ]
  return [introduction, ...sections, common.join('\n')].join('\n')
}

function renderFlag({ flags, description, choices, fallback }) {
  const notes = [
    choices === undefined ? '' : `one of ${choices.join(', ')}`,
    [undefined, ''].includes(fallback?.toString()) ? '' : `default ${fallback}`,
  ].filter((note) => note !== '')
  const text = notes.length === 0 ? description : `${description} (${notes.join('; ')})`
  return `| \`${flags}\` | ${text.replaceAll('|', '\\|')} |`
}

function renderExamples(examples) {
  return ['```sh', ...examples, '```']
}
