/** Which language model does the server have, and is there room for one more text? */
import { OmnigramError } from '../../core/errors.js'
import { completeText } from '../../drafting/complete/complete-text.js'
import type { CompletionEvent, CompletionOptions } from '../../drafting/complete/completion.js'
import type { LanguageModel } from '../../models/language-model.js'
import type { IndexReader } from '../../query/index-reader.js'
import { InFlight } from '../guards/in-flight.js'

/** A model with the name of its file. */
export interface ServedModel {
  readonly name: string
  readonly model: LanguageModel
}

/** A pass takes all cores; more texts at once are only slower. */
const maxCompletions = 4

export class CompletionDesk {
  readonly served: ServedModel | null
  readonly #lane = new InFlight(maxCompletions, 'completions')

  constructor(served: ServedModel | null = null) {
    this.served = served
  }

  /** The events of a completion. Throws `no-model` and `overloaded`, and whatever completing throws. */
  async *complete(
    reader: IndexReader,
    prompt: Uint32Array,
    options: CompletionOptions,
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent> {
    const { served } = this
    if (served === null) throw new OmnigramError('no-model', 'It was started without --model.')
    this.#lane.enter()
    try {
      for await (const event of completeText({ model: served.model, reader, prompt, options, signal })) {
        signal.throwIfAborted()
        yield event
      }
    } finally {
      this.#lane.leave()
    }
  }

  /** Why texts cannot be completed with this index; null where they can. */
  findLack({ manifest }: IndexReader): string | null {
    if (manifest.symbols !== 'tokens') return 'It holds bytes, not tokens.'
    const { vocabulary } = manifest.options.tokens ?? {}
    if (this.served === null || vocabulary == null) return null
    const known = this.served.model.vocabulary
    return vocabulary <= known ? null : `It holds ids below ${vocabulary}; the model has ${known}.`
  }
}
