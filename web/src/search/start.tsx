/** What is there before anything is asked? The indexes, and searches that lead somewhere. */

import { type Column, DataTable } from '../components/data-table.tsx'
import { formatBriefCount, formatBytes, formatCount } from '../components/format.ts'
import { isStatic } from '../server/site.ts'
import { useAnswer } from '../server/use-answer.ts'
import type { IndexInfo } from './answers.ts'
import { readNext } from './ask.ts'
import { emptyQuery, type Query, searchPath, writeQuery } from './query.ts'
import { areTokens, listSearched } from './settle-query.ts'
import type { ChangeQuery } from './use-query.ts'

/** An example ends with the first word that reaches this length. */
const exampleLength = 14
const maxExampleLength = 30

const seeds = ['The ', 'in the ', 'how ']

/** A text that occurs: grown from `seed` by the most frequent letter or space at each step, up to the end of a word. */
async function growExample(query: Query, seed: string, signal: AbortSignal): Promise<string | null> {
  let pattern = seed
  while (pattern.length < maxExampleLength) {
    const { next } = await readNext({ ...query, pattern }, signal)
    const step = next.find((symbol) => !('end' in symbol) && symbol.text !== null && /[\p{L} ]/u.test(symbol.text))
    if (!step || 'end' in step || step.text === null) break
    if (step.text === ' ' && pattern.length >= exampleLength) break
    pattern += step.text
  }
  return pattern === seed ? null : pattern.trimEnd()
}

async function growExamples(query: Query, signal: AbortSignal): Promise<readonly string[]> {
  const grown = await Promise.all(seeds.map((seed) => growExample(query, seed, signal)))
  return grown.filter((example): example is string => example !== null)
}

const columns: readonly Column<IndexInfo>[] = [
  {
    key: 'name',
    label: 'Index',
    show: ({ name }) => <a href={writeQuery({ ...emptyQuery, indexes: [name] }) ?? searchPath}>{name}</a>,
    sortValue: ({ name }) => name,
  },
  countColumn('documents', 'Documents', formatCount),
  {
    key: 'symbolCount',
    label: 'Size',
    isNumber: true,
    show: ({ symbols, symbolCount }) =>
      symbols === 'tokens' ? `${formatBriefCount(symbolCount)} tokens` : formatBytes(symbolCount),
    sortValue: ({ symbolCount }) => symbolCount,
  },
  countColumn('indexBytes', 'Index size', formatBytes),
]

function countColumn(
  key: 'documents' | 'indexBytes',
  label: string,
  format: (count: number) => string,
): Column<IndexInfo> {
  return { key, label, isNumber: true, show: (index) => format(index[key]), sortValue: (index) => index[key] }
}

interface StartProps {
  readonly query: Query
  readonly indexes: readonly IndexInfo[]
  readonly change: ChangeQuery
}

export function Start({ query, indexes, change }: StartProps) {
  // Examples grow letter by letter, which an index of tokens does not.
  const searched = listSearched(query, indexes)
  const isGrown = searched.length > 0 && searched.length === query.indexes.length && !areTokens(searched)
  const key = isGrown ? query.indexes.join(',') : null
  const examples = useAnswer(key, 0, (signal) => growExamples(query, signal))
  return (
    <section class="start">
      <p class="lead">How often does any text occur, where, and what comes after it? Counted exactly, as you type.</p>
      {(examples.answer?.length ?? 0) > 0 && (
        <p class="examples">
          Try
          {examples.answer?.map((example) => (
            <button key={example} type="button" class="chip" onClick={() => change({ pattern: example })}>
              {example}
            </button>
          ))}
        </p>
      )}
      {indexes.length > 0 && (
        <DataTable
          caption={isStatic ? 'Indexes' : 'Indexes served here'}
          columns={columns}
          rows={indexes}
          rowKey={({ name }) => name}
        />
      )}
    </section>
  )
}
