/** What do a page and its worker say to each other? */

import type { PageAnswer, PageRequest } from './answer-request.js'
import type { PageInput } from './build-in-page.js'
import type { SourceCost } from './byte-source.js'
import type { KeptIndex } from './kept-indexes.js'
import type { PageSource } from './open-in-page.js'
import type { PrivateFile, PrivatePlace, PrivateSummary } from './private-check.js'

/** What a page asks, by name. */
export interface PageCalls {
  open: { input: { source: PageSource; name?: string; blockBits?: number; isWhole?: boolean }; result: OpenedInfo }
  build: {
    input: { inputs: readonly PageInput[]; profile?: 'default' | 'small' | 'fast'; name: string }
    result: BuiltInfo
  }
  /** A method of the reader called `index`. */
  ask: { input: { index: string; method: string; args: readonly unknown[] }; result: unknown }
  request: { input: PageRequest; result: PageAnswer }
  /** Where the contamination reports of the site lie: a folder, with a slash at its end. */
  placeReports: { input: { address: string }; result: null }
  /** What is in a benchmark of the visitor. */
  summarize: { input: PrivateFile; result: PrivateSummary }
  /** The check of one; its report is then answered for under `id`. */
  check: { input: PrivateFile & { place: PrivatePlace; date: string; program: string }; result: CheckedInPage }
  cost: { input: { index: string }; result: SourceCost }
  /** Has a shard kept in the browser. */
  keep: { input: { name: string; shard: Blob }; result: null }
  listKept: { input: null; result: readonly KeptIndex[] }
  removeKept: { input: { name: string }; result: null }
  close: { input: { index: string }; result: null }
}

export type PageCallName = keyof PageCalls

export interface OpenedInfo {
  readonly name: string
  readonly generation: string
  readonly documentCount: number
  readonly textBytes: number
  readonly facetFields: readonly string[]
}

export interface CheckedInPage {
  readonly id: string
  /** JSON of the report, for a download. */
  readonly text: string
}

export interface BuiltInfo {
  readonly replacedDocuments: number
  readonly index: OpenedInfo
  /** The file, for a download. */
  readonly bytes: Uint8Array
}

export type ToWorker =
  | { readonly id: number; readonly call: PageCallName; readonly input: unknown }
  | { readonly id: number; readonly abort: true }

export type FromWorker =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly detail: string } }
  | { readonly id: number; readonly progress: { readonly phase: string; readonly share: number } }
