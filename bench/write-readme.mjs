/**
 * What does the README say was measured? Writes the table of `bench/record/{prose,code}.json` between its two marks.
 *
 *   node bench/write-readme.mjs
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { formatMarkdown } from './report.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [begin, end] = ['<!-- measured: begin -->\n', '<!-- measured: end -->\n']

/** `text` with what stands between the marks replaced. Throws when a mark is missing. */
export function replaceMeasured(text, table) {
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)]
  if (start < 0 || stop < start) throw new Error(`README.md has no ${begin.trim()} … ${end.trim()}`)
  return `${text.slice(0, start + begin.length)}\n${table}\n${text.slice(stop)}`
}

/** Writes the README's table of the runs that were recorded. */
export function writeReadme() {
  const paths = ['prose', 'code'].map((name) => `${root}bench/record/${name}.json`).filter((path) => existsSync(path))
  const results = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')))
  const [{ machine, date }] = results
  const corpora = results.map(
    ({ corpus }) => `${corpus.name}: ${(corpus.textBytes / 1e6).toFixed(0)} MB in ${corpus.documents} documents`,
  )
  const place = `${corpora.join('; ')}. ${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${date.slice(0, 10)}.`
  const readme = `${root}README.md`
  writeFileSync(readme, replaceMeasured(readFileSync(readme, 'utf8'), `${place}\n\n${formatMarkdown(results)}`))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeReadme()
