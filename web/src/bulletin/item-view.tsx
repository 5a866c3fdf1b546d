/** Is it really in there? The item beside the text of the corpus, with what both have in common marked. */
import { useState } from 'preact/hooks'
import { copyText } from '../components/announce.ts'
import { Button } from '../components/button.tsx'
import { Chip } from '../components/chip.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import { HighlightedText } from '../components/highlighted-text.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { VisibleText } from '../components/visible-text.tsx'
import { searchPath } from '../search/query.ts'
import { useAnswer } from '../server/use-answer.ts'
import type { CorpusDocument, Evidence, EvidenceAnswer, Passage, ItemView as Score, Span } from './answers.ts'
import { readEvidence } from './ask.ts'
import type { OpenCell } from './place.ts'
import { formatRate } from './score.ts'
import { categoryLabels, viewLabels } from './views.ts'

interface ItemViewProps {
  readonly cell: OpenCell
  readonly line: number
  readonly view: string | null
}

export function ItemView({ cell, line, view }: ItemViewProps) {
  const { answer, problem } = useAnswer(JSON.stringify([cell, line]), 0, (signal) => readEvidence(cell, line, signal))
  if (problem) return <ProblemNotice problem={problem} />
  if (!answer) return <p class="hint">Reading the evidence …</p>
  return <Comparison answer={answer} wanted={view} />
}

function Comparison({ answer, wanted }: { answer: EvidenceAnswer; wanted: string | null }) {
  const { item, benchmark } = answer
  const shownView = wanted ?? item.evidence?.view
  const score = item.views.find(({ view }) => view === shownView) ?? item.views[0]
  return (
    <div class="comparison">
      <section aria-label="Item of the benchmark">
        <h3>
          <VisibleText text={benchmark.name} /> <span class="hint">item {item.id}</span>
        </h3>
        <ScoreLine answer={answer} score={score} />
        <p class="passage">
          {item.text === null ? (
            <em>The report leaves the text out; it is on line {item.line} of the file.</em>
          ) : (
            <HighlightedText text={item.text} spans={score.spans.map(toSpan)} keepLines />
          )}
        </p>
        <Button onClick={() => copyText(location.href, 'Link')}>Copy the link to this item</Button>
      </section>
      <section aria-label="Text of the corpus">
        {item.evidence ? (
          <CorpusSide evidence={item.evidence} answer={answer} />
        ) : (
          <p class="hint">Nothing is shown for items of which less than a fifth was found.</p>
        )}
      </section>
    </div>
  )
}

function toSpan([start, end]: Span) {
  return { start, end }
}

function ScoreLine({ answer: { item }, score }: { answer: EvidenceAnswer; score: Score }) {
  const { evidence, longestMatch } = item
  return (
    <ul class="score-line">
      <li>
        <strong>{score.eta === null ? 'too short' : formatRate(score.eta)}</strong>
        {score.windows > 0 && ` · ${score.matched} of ${score.windows} windows found`} ·{' '}
        {viewLabels[score.view] ?? score.view}
      </li>
      {longestMatch && (
        <li>
          longest match {formatCount(longestMatch.characters)} of {formatCount(item.characters)} characters, found{' '}
          {longestMatch.count === 1 ? 'once' : `${formatCount(longestMatch.count)} times`}
        </li>
      )}
      {evidence && (
        <li>
          {categoryLabels[evidence.category.number]} (decided by {evidence.category.decidedBy})
          {evidence.boilerplate.isBoilerplate && '; all of it is boilerplate'}
        </li>
      )}
    </ul>
  )
}

interface NamedPassage {
  readonly name: string
  readonly note: string
  readonly passage: Passage
}

/** The passages that there are, the most telling first. */
function listPassages({ bestDocument, rarestWindow, answer }: Evidence): NamedPassage[] {
  const passages: NamedPassage[] = []
  if (bestDocument) {
    const { windows, share, isExact, passage } = bestDocument
    const least = isExact ? '' : 'at least '
    passages.push({ name: 'Best document', note: `holds ${least}${windows} windows, ${formatRate(share)}`, passage })
  }
  const { count, documents } = rarestWindow
  const times = count === 1 ? 'once' : `${formatCount(count)} times`
  const places = `the rarest window: ${times} in ${documents.isExact ? '' : 'about '}${formatCount(documents.count)} documents`
  for (const [at, passage] of rarestWindow.passages.entries()) {
    const name = rarestWindow.passages.length > 1 ? `Rarest window ${at + 1}` : 'Rarest window'
    passages.push({ name, note: places, passage })
  }
  if (answer.passage) {
    const away = answer.distance === null ? '' : `, ${answer.distance} characters after the window`
    passages.push({ name: 'Answer', note: `the correct answer stands there${away}`, passage: answer.passage })
  }
  return passages
}

function CorpusSide({ evidence, answer }: { evidence: Evidence; answer: EvidenceAnswer }) {
  const [chosen, choose] = useState(0)
  const passages = listPassages(evidence)
  const shown = passages[Math.min(chosen, passages.length - 1)]
  if (!shown) return <p class="hint">The report holds no text of the corpus.</p>
  const { note, passage } = shown
  return (
    <>
      <h3>
        <VisibleText text={answer.index.name} /> <span class="hint">{note}</span>
      </h3>
      {passages.length > 1 && (
        <fieldset class="chips">
          <legend class="hidden">Which passage</legend>
          {passages.map(({ name }, at) => (
            <Chip key={name} isOn={passage === passages[at].passage} toggle={() => choose(at)}>
              {name}
            </Chip>
          ))}
        </fieldset>
      )}
      <p class="passage">
        {passage.isCutBefore && <span class="hint">… </span>}
        <HighlightedText text={passage.text} spans={passage.matches.map(toSpan)} keepLines />
        {passage.isCutAfter && <span class="hint"> …</span>}
      </p>
      <DocumentFacts document={passage.document} />
      <SearchLink evidence={evidence} passage={passage} answer={answer} />
    </>
  )
}

function DocumentFacts({ document }: { document: CorpusDocument }) {
  return (
    <dl class="facts">
      <div>
        <dt>Document</dt>
        <dd>
          <VisibleText text={document.externalId ?? String(document.document)} /> · {formatBytes(document.textBytes)}
        </dd>
      </div>
      {readMetadata(document.metadata).map(([name, value]) => (
        <div key={name}>
          <dt>
            <VisibleText text={name} />
          </dt>
          <dd>
            <VisibleText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** What is not a string stands as its JSON; metadata that is no object is shown as it is. */
function readMetadata(metadata: string | null): [string, string][] {
  if (metadata === null) return []
  try {
    const fields = JSON.parse(metadata) as Record<string, unknown>
    return Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ])
  } catch {
    return [['metadata', metadata]]
  }
}

const encoder = new TextEncoder()

/** To the place on the search page, where the whole document can be read. */
function SearchLink({ evidence, passage, answer }: { evidence: Evidence; passage: Passage; answer: EvidenceAnswer }) {
  const { index, isServed } = answer
  if (!isServed) {
    return (
      <p class="hint">
        This server does not serve {index.name} in generation {index.generation}, so there is no search in it.
      </p>
    )
  }
  const bytesBefore = (units: number) => passage.startOffset + encoder.encode(passage.text.slice(0, units)).length
  const params = new URLSearchParams({ index: index.name, q: evidence.rarestWindow.text })
  if (evidence.view.startsWith('ignore-case')) params.set('i', '1')
  if (evidence.view.endsWith('flexible-space')) params.set('s', '1')
  const [match] = passage.matches
  if (match)
    params.set('open', `${index.name}:${passage.document.document}:${bytesBefore(match[0])}-${bytesBefore(match[1])}`)
  return (
    <p>
      <a href={`${searchPath}?${params}`}>Search this window, and read the whole document</a>
    </p>
  )
}
