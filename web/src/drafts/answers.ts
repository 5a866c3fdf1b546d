/** What does the server tell of its model and of a text that is completed? The parts of its JSON that this page reads. */

export type Mode = 'superposed' | 'speculative' | 'plain'

export interface ModelAnswer {
  readonly model: { readonly name: string; readonly vocabulary: number; readonly contextLength: number } | null
  readonly indexes: readonly { readonly name: string; readonly lack: string | null }[]
  readonly drafters: readonly string[]
  readonly presets: readonly Preset[]
  readonly defaults: { readonly preset: string; readonly drafter: string; readonly tokens: number }
}

export interface Preset {
  readonly name: string
  readonly drafts: number
  readonly candidates: number
  readonly alpha: number
  readonly temperature: number
}

export interface ToldToken {
  readonly id: number
  /** Null for what is no whole character. */
  readonly text: string | null
}

export interface StartEvent {
  readonly kind: 'start'
  readonly mode: Mode
  readonly prompt: readonly ToldToken[]
}

export interface Draft {
  readonly ids: readonly number[]
  readonly text: string
  readonly score: number
  readonly isFinished: boolean
}

export interface DraftsEvent {
  readonly kind: 'drafts'
  readonly step: number
  readonly drafts: readonly Draft[]
}

export interface Origin {
  readonly drafter: string
  readonly from: 'corpus' | 'text' | 'model'
  readonly matchTokens: number
  readonly count: number | null
  readonly document: {
    readonly index: string
    readonly document: number
    readonly externalId: string | null
    readonly startOffset: number
    readonly endOffset: number
    readonly snippet: { readonly text: string | null; readonly matchStart: number; readonly matchEnd: number }
  } | null
  readonly textOffset: number | null
}

export interface TokensEvent {
  readonly kind: 'tokens'
  readonly pass: number
  readonly tokens: readonly (ToldToken & { readonly isAccepted: boolean })[]
  readonly drafted: number
  readonly rejected: readonly ToldToken[]
  readonly origin: Origin | null
}

export interface EndEvent {
  readonly kind: 'end'
  readonly reason: 'end' | 'limit'
  readonly ids: readonly number[]
  readonly text: string
  readonly passes: number
  readonly drafted: number
  readonly accepted: number
  readonly tookMs: number
}

export type CompletionEvent = StartEvent | DraftsEvent | TokensEvent | EndEvent
