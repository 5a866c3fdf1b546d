/** Which models do the flags of `traps detect` name, and how are they opened and closed? */
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { IndexNgrams } from '../drafting/index-ngrams.js'
import { InfinityScorer } from '../models/ngram/infinity-scorer.js'
import { OpenAiEndpoint } from '../models/openai-endpoint.js'
import type { IndexReader } from '../query/index-reader.js'
import { EndpointTrapScorer, TokenTrapScorer, type TrapScorer } from '../traps/detection/trap-scorer.js'
import { encodeText } from '../traps/make/trap-tokenizer.js'
import { withIndexes, withTokenizer } from './traps-files.js'
import { type Flags, textFlag, type VerbCall } from './verb.js'

/** What a model is named by: exactly one of the first three. */
export interface ScorerFlags {
  /** A GGUF file and the tokenizer.json of it. */
  readonly model?: string
  readonly tokenizer?: string
  /** An index of tokens, whose counts are the model. */
  readonly ngrams?: string
  readonly endpoint?: string
  readonly endpointModel?: string
}

export function readTargetFlags(flags: Flags): ScorerFlags {
  const read = (name: string) => textFlag(flags, name)
  return {
    model: read('model'),
    tokenizer: read('tokenizer'),
    ngrams: read('ngrams'),
    endpoint: read('endpoint'),
    endpointModel: read('endpointModel'),
  }
}

/** The tokenizer of the target serves the reference too, unless it has its own. */
export function readReferenceFlags(flags: Flags): ScorerFlags {
  const read = (name: string) => textFlag(flags, name)
  return {
    model: read('reference'),
    tokenizer: read('referenceTokenizer') ?? read('tokenizer'),
    ngrams: read('referenceNgrams'),
  }
}

export function namesScorer({ model, ngrams, endpoint }: ScorerFlags): boolean {
  return model !== undefined || ngrams !== undefined || endpoint !== undefined
}

/** Opens the model, works, and closes what was opened. Throws `bad-argument` for flags that name no model, or several. */
export async function withScorer<T>(
  call: VerbCall,
  named: ScorerFlags,
  work: (scorer: TrapScorer) => Promise<T>,
): Promise<T> {
  const { model, tokenizer, ngrams, endpoint, endpointModel } = named
  const kinds = [model, ngrams, endpoint].filter((kind) => kind !== undefined)
  if (kinds.length !== 1) {
    throw new OmnigramError(
      'bad-argument',
      'Name one model: --model FILE --tokenizer FILE, --ngrams INDEX, or --endpoint URL --endpoint-model NAME.',
    )
  }
  if (ngrams !== undefined) return withIndexes(call, [ngrams], async ([reader]) => work(await openNgrams(reader)))
  if (endpoint !== undefined) {
    if (endpointModel === undefined) throw new OmnigramError('bad-argument', 'Name the model: --endpoint-model NAME.')
    const apiKey = process.env.OMNIGRAM_MODEL_KEY
    return work(new EndpointTrapScorer(new OpenAiEndpoint({ url: endpoint, model: endpointModel, apiKey })))
  }
  if (model === undefined || tokenizer === undefined) {
    throw new OmnigramError('bad-argument', 'A model in this process needs its tokenizer: --tokenizer FILE.')
  }
  const { openGgufModel } = await import('../models/gguf-model.js')
  const { SessionScorer } = await import('../models/session-scorer.js')
  const scorer = new SessionScorer(model, await openGgufModel(model))
  return withTokenizer(tokenizer, (pool) =>
    work(
      new TokenTrapScorer(
        model,
        (tokens) => scorer.measureTokens(tokens),
        (text) => encodeText(pool, text),
      ),
    ),
  )
}

async function openNgrams(reader: IndexReader): Promise<TrapScorer> {
  const ngrams = await IndexNgrams.open(reader)
  const scorer = new InfinityScorer(ngrams, {
    vocabulary: reader.manifest.options.tokens?.vocabulary ?? limits.vocabulary,
    name: reader.name,
  })
  const measure = async (tokens: Uint32Array) => ({ logProbabilities: await scorer.scoreTokens(tokens) })
  return new TokenTrapScorer(reader.name, measure, async (text) =>
    Uint32Array.from((await reader.encode([text]))[0] ?? []),
  )
}
