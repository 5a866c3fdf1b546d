/** What is there before anything is asked? The indexes, and searches that lead somewhere. */
import type { IndexInfo } from './answers.ts'
import { readNext } from './call-server.ts'
import type { Query } from './query.ts'
import { useAnswer } from './use-answer.ts'
import type { ChangeQuery } from './use-query.ts'
import { formatBytes, formatCount } from './visible-text.tsx'

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

interface StartProps {
  readonly query: Query
  readonly indexes: readonly IndexInfo[]
  readonly change: ChangeQuery
}

export function Start({ query, indexes, change }: StartProps) {
  const key = query.indexes.length > 0 ? query.indexes.join(',') : null
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
        <table class="indexes">
          <caption class="hidden">Indexes served here</caption>
          <thead>
            <tr>
              <th scope="col">Index</th>
              <th scope="col">Documents</th>
              <th scope="col">Text</th>
              <th scope="col">Index size</th>
            </tr>
          </thead>
          <tbody>
            {indexes.map(({ name, documents, textBytes, indexBytes }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{formatCount(documents)}</td>
                <td>{formatBytes(textBytes)}</td>
                <td>{formatBytes(indexBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
