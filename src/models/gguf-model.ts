/** What does a GGUF file on this machine say? The native forward pass behind the interface of models. */
import { type LanguageModel as NativeModel, type ModelSession as NativeSession, openModel } from '#llama'
import { OmnigramError } from '../core/errors.js'
import type { LanguageModel, ModelSession } from './language-model.js'

/** Rows of one pass, the native bound. */
const maxRows = 512

/**
 * Opens a Llama-family GGUF file; takes as much memory as the file.
 *
 * Throws `bad-model` for a file that is damaged, missing or of another family.
 */
export async function openGgufModel(path: string): Promise<LanguageModel> {
  try {
    return new GgufModel(await openModel(path))
  } catch (thrown) {
    const { code, detail } = toOmnigramError(thrown)
    throw new OmnigramError(code, `${path}: ${detail}`, { cause: thrown })
  }
}

class GgufModel implements LanguageModel {
  readonly vocabulary: number
  readonly contextLength: number
  readonly beginToken: number | null
  readonly endToken: number | null
  readonly #model: NativeModel

  constructor(model: NativeModel) {
    const { vocabulary, contextLength, beginToken, endToken } = model.info()
    this.vocabulary = vocabulary
    this.contextLength = contextLength
    this.beginToken = beginToken
    this.endToken = endToken
    this.#model = model
  }

  startSession(): ModelSession {
    return new GgufSession(this.#model.newSession())
  }

  async readTogether(sessions: readonly ModelSession[], tokens: Uint32Array): Promise<Float32Array> {
    const natives = sessions.map((session) => GgufSession.nativeOf(session))
    const parts: Float32Array[] = []
    for (let start = 0; start < natives.length; start += maxRows) {
      const end = start + maxRows
      parts.push(
        await callNative(() => this.#model.readTogether(natives.slice(start, end), tokens.subarray(start, end))),
      )
    }
    return joinRows(parts)
  }
}

class GgufSession implements ModelSession {
  readonly #session: NativeSession
  /** Where the tree that was read last begins. */
  #treeStart = 0

  constructor(session: NativeSession) {
    this.#session = session
  }

  /** Throws `bad-argument` for a session of another kind of model. */
  static nativeOf(session: ModelSession): NativeSession {
    if (session instanceof GgufSession) return session.#session
    throw new OmnigramError('bad-argument', "The session is another model's.")
  }

  get length(): number {
    return this.#session.length()
  }

  async read(tokens: Uint32Array): Promise<Float32Array> {
    const last = Math.max(0, Math.floor((tokens.length - 1) / maxRows) * maxRows)
    for (let start = 0; start < last; start += maxRows)
      await this.#read(tokens.subarray(start, start + maxRows), 'last')
    return this.#read(tokens.subarray(last), 'last')
  }

  async readAll(tokens: Uint32Array): Promise<Float32Array> {
    const parts: Float32Array[] = []
    for (let start = 0; start < tokens.length; start += maxRows) {
      parts.push(await this.#read(tokens.subarray(start, start + maxRows), 'all'))
    }
    return joinRows(parts)
  }

  async readTree(tokens: Uint32Array, parents: Int32Array): Promise<Float32Array> {
    this.#treeStart = this.#session.length()
    return callNative(() => this.#session.read(tokens, parents, 'all'))
  }

  async readLargest(tokens: Uint32Array, parents: Int32Array | null, limit: number): Promise<Uint32Array> {
    if (parents !== null) this.#treeStart = this.#session.length()
    return callNative(() => this.#session.readLargest(tokens, parents, limit))
  }

  keep(nodes: readonly number[]): void {
    callNativeNow(() => this.#session.keep(this.#treeStart, Uint32Array.from(nodes)))
  }

  async readMixture(tokens: Uint32Array, weights: Float64Array): Promise<Float32Array> {
    return callNative(() => this.#session.readMixture(tokens, Float32Array.from(weights)))
  }

  truncate(length: number): void {
    callNativeNow(() => this.#session.truncate(length))
  }

  fork(): ModelSession {
    return new GgufSession(callNativeNow(() => this.#session.fork()))
  }

  #read(tokens: Uint32Array, wanted: 'all' | 'last'): Promise<Float32Array> {
    return callNative(() => this.#session.read(tokens, null, wanted))
  }
}

function joinRows(parts: readonly Float32Array[]): Float32Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const rows = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  parts.reduce((offset, part) => {
    rows.set(part, offset)
    return offset + part.length
  }, 0)
  return rows
}

async function callNative<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (thrown) {
    throw toOmnigramError(thrown)
  }
}

function callNativeNow<T>(call: () => T): T {
  try {
    return call()
  } catch (thrown) {
    throw toOmnigramError(thrown)
  }
}

/** The binding's errors carry a code of the registry. */
function toOmnigramError(thrown: unknown): OmnigramError {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  const known = code === 'bad-model' || code === 'bad-argument' ? code : 'internal'
  return new OmnigramError(known, `${message}.`, { cause: thrown })
}
