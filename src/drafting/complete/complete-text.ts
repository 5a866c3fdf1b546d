/** How does a model go on with a text, step by step, with an index at its side? */
import { OmnigramError } from '../../core/errors.js'
import type { LanguageModel } from '../../models/language-model.js'
import type { IndexReader } from '../../query/index-reader.js'
import { constrainModel } from '../constraint/constrained-model.js'
import type { Constraint } from '../constraint/constraint.js'
import { IndexConstraint } from '../constraint/index-constraint.js'
import { TitleConstraint } from '../constraint/title-constraint.js'
import { decodePlainly } from '../decode/decode-plain.js'
import { decodeSpeculatively, type SpeculativeStep } from '../decode/decode-speculatively.js'
import { decodeSuperposed } from '../decode/decode-superposed.js'
import { listChildren, makeEmptyDraft } from '../draft-tree.js'
import { isObservingDrafter, makeDrafter } from '../drafters/make-drafter.js'
import { superposedPresets } from '../filter/filter-options.js'
import { NgramFilter } from '../filter/ngram-filter.js'
import { IndexNgrams } from '../index-ngrams.js'
import type { CompletionEvent, CompletionOptions, TokenOrigin, ToldToken } from './completion.js'
import { OriginFinder } from './find-origin.js'

/** Rejected tokens that are told of. */
const maxRejected = 4

export interface Completion {
  readonly model: LanguageModel
  /** Of tokens of the model's tokenizer. */
  readonly reader: IndexReader
  readonly prompt: Uint32Array
  readonly options: CompletionOptions
  readonly signal: AbortSignal
}

/**
 * Yields `start`, then an event a pass, then `end`. Greedy speculative text equals plain text.
 *
 * Throws `bad-argument` for an index of bytes or of another vocabulary, an empty prompt without a begin token, a text that is longer than
 * the model reads, and superposed decoding under a constraint; and whatever the model and the index throw.
 */
export async function* completeText(completion: Completion): AsyncGenerator<CompletionEvent> {
  const { reader, options, signal } = completion
  const index = await IndexNgrams.open(reader, { signal })
  checkVocabulary(completion.model, reader)
  const prompt = choosePrompt(completion)
  const model = await constrain({ ...completion, prompt }, index)
  yield { kind: 'start', mode: options.mode, prompt: await tellTokens(reader, [...prompt]) }
  yield* options.mode === 'superposed'
    ? completeSuperposed({ ...completion, prompt }, index)
    : completeOne({ ...completion, prompt, model }, index)
}

/** The model must know every id that the index may draft. */
function checkVocabulary({ vocabulary }: LanguageModel, { name, manifest }: IndexReader): void {
  const ofIndex = manifest.options.tokens?.vocabulary ?? 0
  if (ofIndex <= vocabulary) return
  throw new OmnigramError(
    'bad-argument',
    `${name} holds ids below ${ofIndex}, the model has ${vocabulary}: build the index with the model's tokenizer.`,
  )
}

function choosePrompt({ model, prompt, options }: Completion): Uint32Array {
  if (prompt.length + options.maxTokens > model.contextLength) {
    throw new OmnigramError(
      'bad-argument',
      `${prompt.length} tokens of prompt and ${options.maxTokens} more are over the ${model.contextLength} that the model reads.`,
    )
  }
  if (prompt.length > 0) return prompt
  if (model.beginToken !== null) return Uint32Array.of(model.beginToken)
  throw new OmnigramError('bad-argument', 'The prompt holds no token, and the model has none to begin with.')
}

async function* completeSuperposed(completion: Completion, index: IndexNgrams): AsyncGenerator<CompletionEvent> {
  const { model, prompt, options, signal } = completion
  const { preset, isFiltered, maxTokens, resetAfter, seed } = options
  const published = superposedPresets[preset]
  const search = { ...published, ...(!isFiltered && { smoothing: 'none' as const }) }
  const filter = new NgramFilter(index, search.orderWeights)
  const startMs = performance.now()
  let step = 0
  let best: { ids: readonly number[]; text: string; isFinished: boolean } = { ids: [], text: '', isFinished: false }
  for await (const drafts of decodeSuperposed(model, filter, prompt, { search, maxTokens, resetAfter, seed, signal })) {
    step++
    const texts = await decodeAfter(
      completion,
      drafts.map(({ tokens }) => tokens),
    )
    const told = drafts.map(({ tokens, score }, i) => ({
      ids: tokens,
      text: texts[i] ?? '',
      score,
      isFinished: tokens.at(-1) === model.endToken,
    }))
    best = told[0] ?? best
    yield { kind: 'drafts', step, drafts: told }
  }
  yield {
    kind: 'end',
    reason: best.isFinished ? 'end' : 'limit',
    ids: best.ids,
    text: best.text,
    passes: step,
    drafted: 0,
    accepted: 0,
    tookMs: performance.now() - startMs,
  }
}

async function* completeOne(completion: Completion, index: IndexNgrams): AsyncGenerator<CompletionEvent> {
  const { model, reader, prompt, options, signal } = completion
  const origins = options.hasOrigins ? await OriginFinder.start(reader, index, prompt, { signal }) : null
  const startMs = performance.now()
  const ids: number[] = []
  let [pass, drafted, accepted] = [0, 0, 0]
  let told = ''
  const text = async () => (await decodeAfter(completion, [ids]))[0] ?? ''
  for await (const { step, source } of decodeSteps(completion, index)) {
    pass++
    drafted += step.drafted
    accepted += step.accepted
    ids.push(...step.tokens)
    const origin: TokenOrigin | null = (await origins?.follow(step.tokens, step.accepted, source)) ?? null
    const whole = (await text()).replace(/\ufffd+$/u, '')
    const added = whole.startsWith(told) ? whole.slice(told.length) : ''
    told += added
    const tokens = await tellTokens(reader, step.tokens)
    yield {
      kind: 'tokens',
      pass,
      tokens: tokens.map((token, i) => ({ ...token, isAccepted: i < step.accepted })),
      text: added,
      drafted: step.drafted,
      rejected: await tellTokens(reader, listRejected(step)),
      origin,
    }
  }
  const reason = ids.at(-1) === model.endToken ? 'end' : 'limit'
  const tookMs = performance.now() - startMs
  yield { kind: 'end', reason, ids, text: await text(), passes: pass, drafted, accepted, tookMs }
}

/** The steps of speculative decoding; plain decoding as steps without a draft. */
async function* decodeSteps({ model, prompt, options, signal }: Completion, index: IndexNgrams) {
  const { maxTokens, temperature, topP, seed, nodes, depth } = options
  const sampling = { temperature, topP, seed }
  if (options.mode === 'plain') {
    const draft = makeEmptyDraft(0)
    for await (const token of decodePlainly(model, prompt, { maxTokens, sampling, signal })) {
      const step: SpeculativeStep = { tokens: [token], drafted: 0, accepted: 0, draft, nodes: [] }
      yield { step, source: undefined }
    }
    return
  }
  const drafter = makeDrafter(options.drafter, { index, prompt, vocabulary: model.vocabulary, seed })
  const isObserving = isObservingDrafter(options.drafter)
  const speculative = { maxTokens, sampling, budget: { nodes, depth }, isObserving, signal }
  for await (const step of decodeSpeculatively(model, drafter, prompt, speculative)) {
    yield { step, source: drafter.source }
  }
}

async function constrain(
  { model, reader, prompt, options: { constraint, mode }, signal }: Completion,
  index: IndexNgrams,
): Promise<LanguageModel> {
  if (constraint === null) return model
  if (mode === 'superposed') {
    throw new OmnigramError('bad-argument', 'Superposed decoding mixes several texts: it takes no constraint.')
  }
  const allowed = async (): Promise<Constraint<unknown>> => {
    if (constraint.within === 'titles') return new TitleConstraint(constraint.titles) as Constraint<unknown>
    if (constraint.within === 'corpus') return new IndexConstraint(index, constraint.window) as Constraint<unknown>
    return new IndexConstraint(await IndexNgrams.open(reader, { signal }, 'document')) as Constraint<unknown>
  }
  return constrainModel(model, await allowed(), prompt.length)
}

/** What was drafted where the model went another way. */
function listRejected({ draft, nodes, tokens, accepted }: SpeculativeStep): number[] {
  const children = listChildren(draft)[nodes.at(-1) ?? 0] ?? []
  const chosen = tokens[accepted]
  const rejected = [...new Set(children.map((node) => draft.tokens[node] ?? 0))].filter((token) => token !== chosen)
  return rejected.slice(0, maxRejected)
}

async function tellTokens(reader: IndexReader, tokens: readonly number[]): Promise<ToldToken[]> {
  if (tokens.length === 0) return []
  const texts = await reader.decodeAlone(Uint32Array.from(tokens))
  return tokens.map((id, i) => ({ id, text: texts[i] ?? null }))
}

/** What the tokens add to the text of the prompt: some tokenizers write the first token of a text otherwise. Without the end token. */
async function decodeAfter(
  { reader, prompt, model: { endToken } }: Completion,
  outputs: readonly (readonly number[])[],
): Promise<string[]> {
  const [before] = await reader.decode([prompt.slice(-1)])
  const isWhole = before !== null && !before.includes('\ufffd')
  const start = isWhole ? prompt.slice(-1) : []
  const texts = await reader.decode(
    outputs.map((ids) => Uint32Array.of(...start, ...(ids.at(-1) === endToken ? ids.slice(0, -1) : ids))),
  )
  return texts.map((text) => (text ?? '').slice(isWhole ? before.length : 0))
}
