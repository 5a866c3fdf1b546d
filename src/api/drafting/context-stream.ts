/** What follows the context of a decoder while it grows? One connection for all its steps, a line each way. */
import { z } from 'zod'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import { describeNext } from '../../query/describe-next.js'
import type { IndexReader } from '../../query/index-reader.js'
import type { Turn } from '../guards/turn.js'
import { draftFields } from '../resources/drafts.js'
import { readTokenPatterns, tokenIds } from '../schemas/drafting.js'
import { patternSchema } from '../schemas/pattern.js'
import { DraftSession } from './draft-session.js'
import { describeDraft, proposeFrom } from './propose-draft.js'

const maxNextEntries = 100_000
const maxMatchTokens = 64

/** One line of the client. What is asked stays asked in the lines after it. */
export const stepSchema = z
  .strictObject({
    context: patternSchema.optional().describe('Begins anew with this context; the first line has to.'),
    ids: tokenIds(4_096).optional().describe('Goes on with these token ids.'),
    drafts: z
      .strictObject(draftFields)
      .nullable()
      .optional()
      .describe('Asks for a tree of drafts after each step, with the options of `drafts`; null no longer.'),
    next: z
      .strictObject({
        limit: z.number().int().min(1).max(maxNextEntries).default(64).describe('Entries at most.'),
        maxMatch: z.number().int().min(1).max(maxMatchTokens).default(16),
      })
      .nullable()
      .optional()
      .describe('Asks for what follows the longest end of the context that occurs; null no longer.'),
  })
  .meta({ id: 'ContextStep' })

type Step = z.output<typeof stepSchema>

/** The context of one stream. */
export class ContextStream {
  readonly #reader: IndexReader
  #session: DraftSession | null = null
  #context: Uint32Array = new Uint32Array()
  #drafts: Step['drafts'] = null
  #next: Step['next'] = null

  constructor(reader: IndexReader) {
    this.#reader = reader
  }

  /** Points of the rate limit of the step that was taken last. */
  get cost(): number {
    return 1 + (this.#drafts ? 5 + this.#drafts.nodes / 2 : 0) + (this.#next ? 2 : 0)
  }

  /** Takes a step and answers it. Throws `bad-argument` and `bad-pattern` for what the line says. */
  async advance(line: unknown, turn: Turn, signal: AbortSignal): Promise<object> {
    const startMs = performance.now()
    const step = readStep(line)
    if (step.drafts !== undefined) this.#drafts = step.drafts
    if (step.next !== undefined) this.#next = step.next
    this.#context = await this.#grow(step)
    this.#session ??= await DraftSession.begin(this.#reader, signal)
    const drafts = this.#drafts && {
      drafts: describeDraft(
        await proposeFrom(this.#session, this.#context, this.#drafts, signal, turn),
        this.#context.length,
        null,
      ),
    }
    const next = this.#next && { next: await this.#listNext(this.#session, this.#next, signal) }
    const tookMs = Math.round((performance.now() - startMs) * 1_000) / 1_000
    return { contextTokens: this.#context.length, ...drafts, ...next, tookMs }
  }

  async #grow({ context, ids = [] }: Step): Promise<Uint32Array> {
    if (context === undefined && this.#context.length === 0) {
      throw new OmnigramError('bad-argument', 'In the line at /context: the first line has to have one.')
    }
    const known = this.#reader.manifest.options.tokens?.vocabulary ?? limits.vocabulary
    const unknown = ids.findIndex((id) => id >= known)
    if (unknown >= 0) {
      throw new OmnigramError('bad-pattern', `In the line at /ids/${unknown}: ids run from 0 to ${known - 1}.`)
    }
    const before =
      context === undefined ? this.#context : (await readTokenPatterns(this.#reader, [context], () => '/context'))[0]
    const grown = Uint32Array.of(...before, ...ids)
    if (grown.length === 0) throw new OmnigramError('bad-argument', 'In the line at /context: it holds no token.')
    return grown
  }

  async #listNext(session: DraftSession, { limit, maxMatch }: NonNullable<Step['next']>, signal: AbortSignal) {
    const { suffixLength, count, next } = await session.listNext(this.#context, maxMatch, limit, signal)
    return {
      suffixLength,
      count,
      next: await describeNext(this.#reader, next, 'token'),
      otherCount: count - next.reduce((sum, entry) => sum + entry.count, 0),
    }
  }
}

function readStep(line: unknown): Step {
  const parsed = stepSchema.safeParse(line)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const pointer = issue.path.map((step) => `/${String(step)}`).join('')
  throw new OmnigramError('bad-argument', `In the line${pointer && ` at ${pointer}`}: ${issue.message}.`)
}
