/** `omnigram perplexity`: how surprising is a text, by counts, by a model, and by both? */
import { OmnigramError } from '../core/errors.js'
import { formatCount, formatDuration } from '../core/units.js'
import { IndexNgrams } from '../drafting/index-ngrams.js'
import { findWholeDocument } from '../drafting/perplexity/leave-out.js'
import {
  type CountsReport,
  measurePerplexity,
  type PerplexityReport,
  type ScoredText,
} from '../drafting/perplexity/measure-perplexity.js'
import { ReducedNgrams } from '../drafting/perplexity/reduced-ngrams.js'
import { type CountedToken, type ScoreTextOptions, scoreText } from '../drafting/perplexity/score-text.js'
import { EndpointScorer } from '../models/endpoint-scorer.js'
import type { TokenScorer } from '../models/language-model.js'
import { OpenAiEndpoint } from '../models/openai-endpoint.js'
import type { IndexReader } from '../query/index-reader.js'
import { readBoundedFile } from './contamination-files.js'
import { withTokenIndex } from './open-reader.js'
import { readIdsFile } from './read-patterns.js'
import { readText } from './read-text.js'
import { ResultFile } from './result-file.js'
import type { Terminal } from './terminal.js'
import { isSet, numberFlag, textFlag, type VerbCall } from './verb.js'

/** How a text was left out of the counts. */
type LeftOut = 'document' | 'plateau' | null

interface JudgedText {
  readonly tokens: Uint32Array
  readonly textBytes: number | null
  /** Of the index, when it is one. */
  readonly document: number | null
}

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  return withTokenIndex(call, 'perplexity', async (reader) => {
    const text = await readJudgedText(call, reader)
    if (text.tokens.length === 0) throw new OmnigramError('bad-argument', 'The text holds no token.')
    const scorer = await openScorer(call, reader)
    const { counted, leftOut } = await countText(call, reader, text)
    const modelScores = await scoreByModel(call, scorer, text.tokens)
    const order = numberFlag(flags, 'order') ?? 5
    const fitText = await readFitText(call, reader, scorer)
    const report = measurePerplexity({ counted, modelScores }, { order, textBytes: text.textBytes, fitText })
    terminal.clearProgress()
    await writeTokens(textFlag(flags, 'output'), counted, modelScores)
    if (terminal.options.isJson) await terminal.writeJson({ ...report, leftOut, model: scorer?.name ?? null })
    else await writeReport(terminal, report, leftOut)
    return 0
  })
}

/** A file, token ids, or a document of the index: one of them. */
async function readJudgedText({ args, flags, signal }: VerbCall, reader: IndexReader): Promise<JudgedText> {
  const [file, idsFile, id] = [args[1] as string | undefined, textFlag(flags, 'idsFile'), textFlag(flags, 'id')]
  const number = numberFlag(flags, 'document')
  if ([file, idsFile, id, number].filter((given) => given !== undefined).length !== 1) {
    throw new OmnigramError('bad-argument', 'Give one text: a file, --ids-file, --document or --id.')
  }
  if (file !== undefined) return encodeText(await readText(file, signal), reader)
  if (idsFile !== undefined) {
    const [tokens, ...more] = await readIdsFile(idsFile, signal)
    if (more.length > 0) throw new OmnigramError('bad-argument', `${idsFile}: more than one line of ids.`)
    const [checked] = (await reader.encode([tokens ?? new Uint32Array()])) as Uint32Array[]
    return { tokens: checked, textBytes: null, document: null }
  }
  const document = number ?? (await reader.findExternalId(id ?? ''))
  if (document === null) throw new OmnigramError('unknown-document', `No document has the external id ${id}.`)
  const { tokens = new Uint32Array(), text } = await reader.document(document)
  return { tokens, textBytes: text === null ? null : Buffer.byteLength(text), document }
}

async function encodeText(text: string, reader: IndexReader): Promise<JudgedText> {
  const [tokens] = (await reader.encode([text])) as Uint32Array[]
  return { tokens, textBytes: Buffer.byteLength(text), document: null }
}

async function countText(
  { flags, terminal, signal }: VerbCall,
  reader: IndexReader,
  { tokens, document }: JudgedText,
): Promise<{ counted: CountedToken[]; leftOut: LeftOut }> {
  const index = await IndexNgrams.open(reader, { signal })
  const options = makeOptions(flags, reader, signal, makeProgress(terminal, 'counted', tokens.length))
  if (!isSet(flags, 'leaveOneOut')) return { counted: await scoreText(index, tokens, options), leftOut: null }
  const whole = document ?? (await findWholeDocument(reader, tokens, { signal }))
  if (whole === null) {
    return { counted: await scoreText(index, tokens, { ...options, endChoice: 'plateau' }), leftOut: 'plateau' }
  }
  return { counted: await scoreText(new ReducedNgrams(index, tokens), tokens, options), leftOut: 'document' }
}

function makeOptions(
  flags: VerbCall['flags'],
  reader: IndexReader,
  signal: AbortSignal,
  onProgress: (scored: number) => void,
): ScoreTextOptions {
  return { order: numberFlag(flags, 'order') ?? 5, vocabulary: vocabularyOf(reader), signal, onProgress }
}

/** An index of ready ids may not know its vocabulary: then no more ids than tokens are reckoned with. */
function vocabularyOf({ manifest }: IndexReader): number {
  const ids = manifest.shards.map(({ symbolCount = 0 }) => symbolCount)
  return manifest.options.tokens?.vocabulary ?? ids.reduce((sum, count) => sum + count, 0)
}

async function openScorer({ flags, terminal, signal }: VerbCall, reader: IndexReader): Promise<TokenScorer | null> {
  const [file, scores, url] = ['model', 'scores', 'endpoint'].map((name) => textFlag(flags, name))
  if ([file, scores, url].filter((given) => given !== undefined).length > 1) {
    throw new OmnigramError('bad-argument', 'Give one of --model, --scores and --endpoint.')
  }
  if (scores !== undefined) return readScores(scores, String(await readBoundedFile(scores)))
  const onProgress = (scored: number) => terminal.showProgress(`${formatCount(scored)} tokens read by the model`)
  const options = { window: numberFlag(flags, 'window'), signal, onProgress }
  if (url !== undefined) {
    const model = textFlag(flags, 'endpointModel')
    if (model === undefined) throw new OmnigramError('bad-argument', 'Name the model: --endpoint-model NAME.')
    const endpoint = new OpenAiEndpoint({ url, model, apiKey: process.env.OMNIGRAM_MODEL_KEY })
    return new EndpointScorer(endpoint, { ...options, vocabulary: vocabularyOf(reader) })
  }
  if (file === undefined) return null
  const { openGgufModel } = await import('../models/gguf-model.js')
  const { WindowScorer } = await import('../models/window-scorer.js')
  return new WindowScorer(file, await openGgufModel(file), options)
}

/** Scores of some model for this very text. */
function readScores(path: string, text: string): TokenScorer {
  let scores: unknown
  try {
    scores = (JSON.parse(text) as { logProbabilities?: unknown } | null)?.logProbabilities
  } catch (error) {
    throw new OmnigramError('bad-input', `${path}: it is not one JSON object.`, { cause: error })
  }
  if (!Array.isArray(scores) || !scores.every((score) => typeof score === 'number' && score <= 0)) {
    throw new OmnigramError('bad-input', `${path}: logProbabilities is no list of numbers up to 0.`)
  }
  return { name: path, scoreTokens: async () => Float64Array.from(scores as number[]) }
}

async function scoreByModel(
  { terminal }: VerbCall,
  scorer: TokenScorer | null,
  tokens: Uint32Array,
): Promise<Float64Array | null> {
  if (scorer === null) return null
  const scores = await scorer.scoreTokens(tokens)
  terminal.clearProgress()
  if (scores.length === tokens.length) return scores
  throw new OmnigramError('bad-input', `${scorer.name} has ${scores.length} scores, the text ${tokens.length} tokens.`)
}

async function readFitText(
  call: VerbCall,
  reader: IndexReader,
  scorer: TokenScorer | null,
): Promise<ScoredText | undefined> {
  const { flags, terminal, signal } = call
  const path = textFlag(flags, 'fit')
  if (path === undefined) return undefined
  if (textFlag(flags, 'scores') !== undefined) {
    throw new OmnigramError('bad-argument', '--scores are those of the text: with --fit a --model is needed.')
  }
  const { tokens } = await encodeText(await readText(path, signal), reader)
  if (tokens.length === 0) throw new OmnigramError('bad-argument', `${path} holds no token.`)
  const index = await IndexNgrams.open(reader, { signal })
  const options = makeOptions(flags, reader, signal, makeProgress(terminal, 'counted to fit', tokens.length))
  return { counted: await scoreText(index, tokens, options), modelScores: await scoreByModel(call, scorer, tokens) }
}

/** A line every thousand tokens, with the rate and what is left. */
function makeProgress(terminal: Terminal, what: string, total: number): (scored: number) => void {
  const startMs = performance.now()
  return (scored) => {
    if (scored % 1_000 !== 0) return
    const perMs = scored / (performance.now() - startMs)
    const rate = `${formatCount(Math.round(perMs * 1_000))} tokens/s`
    terminal.showProgress(
      `${formatCount(scored)} of ${formatCount(total)} tokens ${what} · ${rate} · ETA ${formatDuration((total - scored) / perMs)}`,
    )
  }
}

async function writeTokens(
  path: string | undefined,
  counted: readonly CountedToken[],
  modelScores: Float64Array | null,
): Promise<void> {
  if (path === undefined) return
  const file = await ResultFile.create(path)
  try {
    for (const [place, token] of counted.entries()) {
      const model = modelScores && { modelLogProbability: modelScores[place] }
      await file.writeLine(JSON.stringify({ ...token, ...model }))
    }
  } finally {
    await file.close()
  }
}

async function writeReport(terminal: Terminal, report: PerplexityReport, leftOut: LeftOut): Promise<void> {
  const { tokens, order, ngram, infinityGram, mixtures, improvement, fittedOn } = report
  await terminal.writeLine(`${formatCount(tokens)} tokens; ${describeLeftOut(leftOut)}`)
  await terminal.writeLine('')
  await terminal.writeLine('counts alone         impossible  likeliest  sparse  mean context  perplexity')
  await terminal.writeLine(formatCounts(`${order}-gram`, ngram))
  await terminal.writeLine(formatCounts('infinity-gram', infinityGram))
  await terminal.writeLine('')
  await terminal.writeLine('together                     perplexity  bits/token  bits/byte  λ sparse   dense')
  for (const { name, perplexity, bitsPerToken, bitsPerByte, lambdas } of mixtures) {
    const numbers = [perplexity.toFixed(2).padStart(10), bitsPerToken.toFixed(3).padStart(10)]
    const perByte = bitsPerByte === null ? '–' : bitsPerByte.toFixed(3)
    const weights = lambdas ? `${lambdas.sparse.toFixed(3).padStart(10)}${lambdas.dense.toFixed(3).padStart(8)}` : ''
    await terminal.writeLine(`${name.padEnd(28)} ${numbers.join('  ')}  ${perByte.padStart(9)}${weights}`)
  }
  if (improvement !== null) {
    await terminal.writeLine(
      `\nthe infinity-gram takes ${(100 * improvement).toFixed(1)} % off the model's perplexity above 1`,
    )
  }
  terminal.note(
    fittedOn === 'halves' ? 'weights of each half were fitted on the other' : 'weights were fitted on --fit',
  )
}

function describeLeftOut(leftOut: LeftOut): string {
  if (leftOut === 'document') return 'the document itself is left out of the counts'
  if (leftOut === 'plateau')
    return 'no whole document of the index: the text itself is left out by plateaus of the counts'
  return 'the text itself counts where it is in the index'
}

function formatCounts(name: string, counts: CountsReport): string {
  const { zeroShare, agreement, sparseShare, meanContextLength, perplexity } = counts
  const percent = (share: number, width: number) => `${(100 * share).toFixed(1)} %`.padStart(width)
  const shares = `${percent(zeroShare, 10)}${percent(agreement, 11)}${percent(sparseShare, 8)}`
  const number = perplexity === null ? 'infinite' : perplexity.toFixed(2)
  return `${name.padEnd(20)} ${shares}${meanContextLength.toFixed(1).padStart(14)}${number.padStart(12)}`
}
