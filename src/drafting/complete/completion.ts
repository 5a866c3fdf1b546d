/** What is told of a text while a model completes it? Plain data, the same in the library, in the terminal and over HTTP. */
import type { DraftOrigin } from '../drafter.js'
import type { SuperposedPreset } from '../filter/filter-options.js'

/** `superposed`: k drafts in one stream. `speculative`: one text, several tokens a pass. `plain`: one token a pass. */
export type CompletionMode = 'superposed' | 'speculative' | 'plain'

export const completionModes = ['superposed', 'speculative', 'plain'] as const satisfies readonly CompletionMode[]

export const drafterNames = [
  'retrieval',
  'suffix',
  'prompt-lookup',
  'token-recycling',
  'trigram',
  'input-guided',
  'combined',
] as const

export type DrafterName = (typeof drafterNames)[number]

export interface CompletionOptions {
  readonly mode: CompletionMode
  /** Tokens of the text at most. */
  readonly maxTokens: number
  readonly seed: number
  /** Superposed only. */
  readonly preset: SuperposedPreset
  /** Whether n-grams of the index tell the drafts apart; superposed only. */
  readonly isFiltered: boolean
  /** Tokens after which all drafts restart from one of them; superposed only. */
  readonly resetAfter?: number
  /** Speculative only. */
  readonly drafter: DrafterName
  /** Drafted tokens a pass. */
  readonly nodes: number
  readonly depth: number
  /** Plain and speculative: 0 takes the likeliest token. */
  readonly temperature: number
  readonly topP: number
  /** Whether to look up where accepted tokens stand. */
  readonly hasOrigins: boolean
  readonly constraint: CompletionConstraint | null
}

/** Plain and speculative: what the text has to be. */
export type CompletionConstraint =
  | { readonly within: 'corpus'; readonly window: number | null }
  | { readonly within: 'documents' }
  | { readonly within: 'titles'; readonly titles: readonly Uint32Array[] }

export const completionDefaults: CompletionOptions = {
  mode: 'superposed',
  maxTokens: 32,
  seed: 0,
  preset: 'p15_d3',
  isFiltered: true,
  drafter: 'combined',
  nodes: 24,
  depth: 10,
  temperature: 0,
  topP: 1,
  hasOrigins: false,
  constraint: null,
}

export interface ToldToken {
  readonly id: number
  /** What the token says by itself; null where that is no whole character. */
  readonly text: string | null
}

/** The first event: what the model reads. */
export interface CompletionStart {
  readonly kind: 'start'
  readonly mode: CompletionMode
  readonly prompt: readonly ToldToken[]
}

/** Superposed: all drafts after a pass, best first. */
export interface DraftsStep {
  readonly kind: 'drafts'
  /** Tokens of each draft that is not finished. */
  readonly step: number
  readonly drafts: readonly ToldDraft[]
}

export interface ToldDraft {
  readonly ids: readonly number[]
  readonly text: string
  /** Sum of the joined log scores. */
  readonly score: number
  readonly isFinished: boolean
}

/** Plain and speculative: what a pass gave. */
export interface TokensStep {
  readonly kind: 'tokens'
  readonly pass: number
  readonly tokens: readonly (ToldToken & { readonly isAccepted: boolean })[]
  /** Text that is whole by now and was not told before; pieces of characters wait. */
  readonly text: string
  /** Drafted tokens. */
  readonly drafted: number
  /** Tokens that were drafted where the model went another way, most promising first. */
  readonly rejected: readonly ToldToken[]
  /** Of the accepted tokens; null where none was, or nobody asked. */
  readonly origin: TokenOrigin | null
}

/** Where the accepted tokens of a pass come from. */
export interface TokenOrigin {
  readonly drafter: string
  readonly from: DraftOrigin
  /** Tokens up to the last accepted one that stand in the same way at the origin; 0 where the origin is the model. */
  readonly matchTokens: number
  /** Occurrences of them in the index; null where the origin is not the corpus. */
  readonly count: number | null
  /** One of these occurrences. */
  readonly document: OriginDocument | null
  /** Where they stand earlier in the text, in tokens from the start of the prompt; null where the origin is not the text. */
  readonly textOffset: number | null
}

export interface OriginDocument {
  readonly index: string
  /** Number of the document in its index. */
  readonly document: number
  readonly externalId: string | null
  /** Token offsets of the match. */
  readonly startOffset: number
  readonly endOffset: number
  readonly snippet: { readonly text: string | null; readonly matchStart: number; readonly matchEnd: number }
}

/** The last event. */
export interface CompletionEnd {
  readonly kind: 'end'
  /** The model, or the constraint, ended the text; or the limit did. */
  readonly reason: 'end' | 'limit'
  /** Of the best draft, where there are several. */
  readonly ids: readonly number[]
  readonly text: string
  /** Passes of the model after the prompt was read. */
  readonly passes: number
  readonly drafted: number
  readonly accepted: number
  /** Milliseconds from the first pass after the prompt to the last. */
  readonly tookMs: number
}

export type CompletionEvent = CompletionStart | DraftsStep | TokensStep | CompletionEnd
