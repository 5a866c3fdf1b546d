/** What does a thread of a tokenizer do? Loads it once, then turns texts into ids and ids into texts, one task at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import { toOmnigramError } from '../core/errors.js'
import { TextTokenizer } from './text-tokenizer.js'
import {
  type EncodedTexts,
  splitAt,
  type TokenizerData,
  type TokenizerReply,
  type TokenizerTask,
} from './tokenizer-message.js'

const { json, path } = workerData as TokenizerData
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function say(reply: TokenizerReply, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(reply, transfer)
}

function fail(thrown: unknown): void {
  const { code, detail } = toOmnigramError(thrown)
  say({ kind: 'failed', code, detail })
}

function encode(tokenizer: TextTokenizer, texts: Uint8Array, ends: Float64Array): EncodedTexts {
  const pieces: Uint32Array[] = []
  const faults: (string | null)[] = []
  const idEnds: number[] = []
  const isLossy: boolean[] = []
  let length = 0
  for (const bytes of splitAt(texts, ends)) {
    try {
      const encoding = tokenizer.encode(decoder.decode(bytes))
      pieces.push(encoding.ids)
      length += encoding.ids.length
      isLossy.push(encoding.isLossy)
      faults.push(null)
    } catch (thrown) {
      isLossy.push(false)
      faults.push(toOmnigramError(thrown).detail)
    }
    idEnds.push(length)
  }
  const ids = new Uint32Array(length)
  let at = 0
  for (const piece of pieces) {
    ids.set(piece, at)
    at += piece.length
  }
  return { ids, ends: Float64Array.from(idEnds), isLossy, faults }
}

function work(tokenizer: TextTokenizer, task: TokenizerTask): void {
  if (task.kind === 'encode') {
    const encoded = encode(tokenizer, task.texts, task.ends)
    say({ kind: 'encoded', encoded }, [encoded.ids.buffer as ArrayBuffer])
    return
  }
  const texts = task.isAlone
    ? Array.from(task.ids, (id) => tokenizer.decodeAlone(id))
    : Array.from(splitAt(task.ids, task.ends), (ids) => tokenizer.decode(ids))
  say({ kind: 'decoded', texts })
}

try {
  const tokenizer = new TextTokenizer(json, path)
  parentPort?.on('message', (task: TokenizerTask) => {
    try {
      work(tokenizer, task)
    } catch (thrown) {
      fail(thrown)
    }
  })
  say({ kind: 'ready', vocabulary: tokenizer.vocabulary })
} catch (thrown) {
  fail(thrown)
}
