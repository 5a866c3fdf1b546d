/** How were the numbers of the table found? */
import type { TableAnswer } from './answers.ts'
import { lowestThreshold } from './place.ts'

export function MethodNote({ answer: { reports }, threshold }: { answer: TableAnswer; threshold: number }) {
  const [first] = reports
  if (!first) return null
  const dates = [...new Set(reports.map(({ date }) => date.slice(0, 10)))].sort()
  const when = dates.length > 1 ? `${dates[0]} to ${dates[dates.length - 1]}` : dates[0]
  const { windowCharacters, sampleItems } = first.method
  return (
    <section class="method-note" aria-label="Method">
      <h2>How to read it</h2>
      <p>
        From each item every stretch of {windowCharacters} characters that begins at a word is looked for in the whole
        corpus, without exception and without an index of samples. An item of which {threshold} % of them are found is
        dirty, from {lowestThreshold} % on it is suspicious. Items too short for one such stretch are not counted.
        {sampleItems !== null &&
          ` Of benchmarks with more than ${sampleItems} items a sample was checked; the interval says what that leaves open.`}
      </p>
      <p>
        A number says that the text of a question stands in the corpus, not that a model has learned it; open it to see
        the text. Checked {when}. After H. Liu et al., “Infini-gram mini”, 2025.
      </p>
    </section>
  )
}
