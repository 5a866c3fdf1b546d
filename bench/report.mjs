/** How are the figures shown? One table, ours beside the peer, with the ratio and what is wanted. */
import { formatFigure, listRows, ratioOf } from './rows.mjs'

function formatRow([label, ...cells]) {
  return `${label.padEnd(44)}${cells.map((cell) => cell.padStart(11)).join('')}\n`
}

/** A plain-text table of one run. */
export function formatTable(result) {
  const { machine, corpus, ripgrep } = result
  let table = `${corpus.name}: ${(corpus.textBytes / 1e6).toFixed(1)} MB of text, ${corpus.documents} documents\n`
  table += `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${result.date.slice(0, 10)}\n\n`
  table += formatRow(['', 'omnigram', 'sdsl', 'sdsl/ours', 'must', 'aim'])
  for (const row of listRows(result)) {
    const ratio = ratioOf(row)
    const times = (value) => (value === undefined ? '' : `${formatFigure(value)}x`)
    const label = row.unit === '' ? row.label : `${row.label}, ${row.unit}`
    const [ours, peer] = [row.ours, row.peer].map(formatFigure)
    table += formatRow([label, ours, peer, ratio === undefined ? '–' : times(ratio), times(row.must), times(row.aim)])
  }
  if (ripgrep) table += formatRow(['rg -c -F on the corpus, ms', '–', formatFigure(ripgrep.medianMs), '', '', ''])
  if (result.disagreements?.length > 0) table += `\nANSWERS DIFFER: ${result.disagreements.join(', ')}\n`
  return table
}

/** A Markdown table with the rows of several runs beside each other. */
export function formatMarkdown(results) {
  const names = results.map(({ corpus }) => corpus.name.replace(/\.jsonl$/, ''))
  const lines = [
    `| | ${names.map((name) => `${name}: omnigram | sdsl | |`).join(' ')}`,
    `| --- |${names.map(() => ' ---: | ---: | ---: |').join('')}`,
  ]
  const tables = results.map(listRows)
  for (const { label, unit } of tables[0]) {
    const cells = tables.map((rows) => {
      const row = rows.find((other) => other.label === label) ?? {}
      const ratio = ratioOf(row)
      return ` ${formatFigure(row.ours)} | ${formatFigure(row.peer)} | ${ratio === undefined ? '' : `${ratio.toFixed(1)}x`} |`
    })
    lines.push(`| ${unit === '' ? label : `${label}, ${unit}`} |${cells.join('')}`)
  }
  return `${lines.join('\n')}\n`
}
