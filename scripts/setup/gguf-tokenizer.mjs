/**
 * Which tokenizer.json is inside a GGUF model? Reads the key-value part of the file (https://github.com/ggml-org/ggml,
 * docs/gguf.md) and writes the byte-level BPE that it describes, as `@huggingface/tokenizers` reads it. Only what the tests
 * need: vocabularies of the kind `gpt2` with the pre-tokenizers below.
 */
import { closeSync, openSync, readSync } from 'node:fs'

/** How text is cut before the merges, by the name that GGUF has for it. */
const preTokenizers = {
  smollm: [{ type: 'Digits', individual_digits: true }],
}

/** A token that models are told by, not spelled. */
const controlToken = 3

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }

/** Reads forward through a file, a block at a time. */
class FileReader {
  #handle
  #block = Buffer.alloc(0)
  #at = 0

  constructor(path) {
    this.#handle = openSync(path, 'r')
  }

  /** The next bytes. Throws where the file ends before them. */
  take(lengthBytes) {
    while (this.#block.length - this.#at < lengthBytes) {
      const more = Buffer.alloc(Math.max(lengthBytes, 2 ** 20))
      const read = readSync(this.#handle, more, 0, more.length, null)
      if (read === 0) throw new Error('The model ends inside its header.')
      this.#block = Buffer.concat([this.#block.subarray(this.#at), more.subarray(0, read)])
      this.#at = 0
    }
    this.#at += lengthBytes
    return this.#block.subarray(this.#at - lengthBytes, this.#at)
  }

  count() {
    return Number(this.take(8).readBigUInt64LE())
  }

  text() {
    return this.take(this.count()).toString()
  }

  close() {
    closeSync(this.#handle)
  }
}

/** By the number that GGUF has for the type. */
const readers = [
  (file) => file.take(1).readUInt8(),
  (file) => file.take(1).readInt8(),
  (file) => file.take(2).readUInt16LE(),
  (file) => file.take(2).readInt16LE(),
  (file) => file.take(4).readUInt32LE(),
  (file) => file.take(4).readInt32LE(),
  (file) => file.take(4).readFloatLE(),
  (file) => file.take(1).readUInt8() !== 0,
  (file) => file.text(),
  (file) => readArray(file),
  (file) => file.take(8).readBigUInt64LE(),
  (file) => file.take(8).readBigInt64LE(),
  (file) => file.take(8).readDoubleLE(),
]

function readArray(file) {
  const type = file.take(4).readUInt32LE()
  return Array.from({ length: file.count() }, () => readValue(file, type))
}

function readValue(file, type) {
  const read = readers[type]
  if (!read) throw new Error(`The model has a value of type ${type}.`)
  return read(file)
}

function readValues(path) {
  const file = new FileReader(path)
  try {
    if (file.take(4).toString('latin1') !== 'GGUF') throw new Error(`${path} is not a GGUF file.`)
    file.take(4)
    file.count()
    const values = new Map()
    for (let left = file.count(); left > 0; left--) {
      const name = file.text()
      values.set(name, readValue(file, file.take(4).readUInt32LE()))
    }
    return values
  } finally {
    file.close()
  }
}

/** The text of a tokenizer.json. Throws where the model has a tokenizer of another kind. */
export function readGgufTokenizer(path) {
  const values = readValues(path)
  const [kind, cut] = [values.get('tokenizer.ggml.model'), values.get('tokenizer.ggml.pre')]
  if (kind !== 'gpt2' || !(cut in preTokenizers)) throw new Error(`${path} has a tokenizer ${kind}/${cut}.`)
  const tokens = values.get('tokenizer.ggml.tokens')
  const types = values.get('tokenizer.ggml.token_type')
  const special = tokens.flatMap((content, id) => (types[id] === controlToken ? [{ id, content }] : []))
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((token) => ({ ...token, ...flags })),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [...preTokenizers[cut], byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: values.get('tokenizer.ggml.merges'),
    },
  })
}
