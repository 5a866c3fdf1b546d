/** What does an evidence bundle say, and is it as it was made? */
import { isUtf8 } from 'node:buffer'
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { OmnigramError } from '../core/errors.js'
import { toCanonicalJson } from './canonical-json.js'
import { classNames } from './item-class.js'
import { viewNames } from './views.js'

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const share = z.number().min(0).max(1)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const span = z.strictObject({
  document: count,
  externalId: z.string().nullable(),
  startOffset: count.describe('Byte offset in the document.'),
  endOffset: count,
  text: z.string(),
  textSha256: sha256,
})

const item = z.strictObject({
  benchmark: z.string(),
  benchmarkSha256: sha256.describe('Of the benchmark file.'),
  id: z.string(),
  line: count,
  text: z.string(),
  textSha256: sha256,
  view: z.enum(viewNames),
  windows: count,
  matched: count,
  eta: share,
  class: z.enum(classNames),
  counts: z.array(count).describe('Occurrences of each window.'),
  spans: z.array(span).describe('Where text of the item stands in the corpus.'),
})

const content = z.strictObject({
  format: z.literal('omnigram-evidence'),
  version: z.literal(1),
  program: z.string(),
  date: z.string(),
  index: z.strictObject({ name: z.string(), generation: z.string(), manifestSha256: sha256 }),
  windowCharacters: count,
  suspiciousFrom: share,
  dirtyFrom: share,
  items: z.array(item).min(1),
})

const signature = z.strictObject({
  algorithm: z.literal('ed25519'),
  publicKey: z.string().describe('SPKI in DER, base64.'),
  value: z.string().describe('Of the canonical JSON of the content, base64.'),
})

const bundleSchema = z.strictObject({ content, contentSha256: sha256, signature: signature.nullable() })

export type EvidenceContent = z.infer<typeof content>
export type EvidenceItem = z.infer<typeof item>
export type EvidenceSpan = z.infer<typeof span>
export type EvidenceBundle = z.infer<typeof bundleSchema>

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The bytes of a bundle: canonical JSON, so that there is one way to write it. `privateKey` is Ed25519 in PEM. */
export function formatBundle(content: EvidenceContent, privateKey: string | null): string {
  const signed = toCanonicalJson(content)
  return `${toCanonicalJson({
    content,
    contentSha256: hashText(signed),
    signature: privateKey === null ? null : signContent(signed, privateKey),
  })}\n`
}

function signContent(signed: string, pem: string): EvidenceBundle['signature'] {
  const key = readKey(() => createPrivateKey(pem), 'private')
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  return { algorithm: 'ed25519', publicKey, value: sign(null, Buffer.from(signed), key).toString('base64') }
}

/**
 * The bundle that `bytes` hold, when not one of them was changed: form, hash and signature. `publicKey` (PEM) is one that must
 * have signed it. Whether it is true, the index alone can say: see `verifyEvidence`.
 *
 * Throws `bad-evidence` that says what is wrong.
 */
export function parseBundle(bytes: Buffer, publicKey: string | null): EvidenceBundle {
  // Decoding would make one text of several invalid ones.
  if (!isUtf8(bytes)) throw refuse('It is not UTF-8.')
  const text = bytes.toString()
  const bundle = readBundle(text)
  const signed = toCanonicalJson(bundle.content)
  if (text !== `${toCanonicalJson(bundle)}\n`) throw refuse('It is not written as it was made.')
  if (hashText(signed) !== bundle.contentSha256) throw refuse('Its content does not have the hash that it names.')
  checkSignature(bundle, signed, publicKey)
  return bundle
}

function readBundle(text: string): EvidenceBundle {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(`It is not JSON: ${(error as Error).message}.`, error)
  }
  const { success, data, error } = bundleSchema.safeParse(value)
  if (success) return data
  const [{ path, message }] = error.issues
  throw refuse(`${path.join('.') || 'The document'}: ${message}.`)
}

function checkSignature({ signature }: EvidenceBundle, signed: string, expected: string | null): void {
  if (signature === null) {
    if (expected !== null) throw refuse('It is not signed.')
    return
  }
  const spki = Buffer.from(signature.publicKey, 'base64')
  const key = readKey(() => createPublicKey({ key: spki, type: 'spki', format: 'der' }), 'signing')
  if (expected !== null && !key.equals(readKey(() => createPublicKey(expected), 'public'))) {
    throw refuse('Another key has signed it.')
  }
  if (!verify(null, Buffer.from(signed), key, Buffer.from(signature.value, 'base64'))) {
    throw refuse('Its signature is not one of its content.')
  }
}

function readKey(read: () => KeyObject, name: string): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch (error) {
    throw refuse(`The ${name} key cannot be read: ${(error as Error).message}.`, error)
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  throw refuse(`The ${name} key is ${key.asymmetricKeyType ?? 'of no known kind'}, not Ed25519.`)
}

export function refuse(detail: string, cause?: unknown): OmnigramError {
  return new OmnigramError('bad-evidence', detail, { cause })
}
