/** Which fields of a record become the document's external id, its metadata and its facets? */
import type { ReadProblemKind } from '../core/document.js'
import type { CorpusOptions } from './corpus-options.js'
import { countLoneSurrogates } from './repair-utf8.js'

/** A field of a record as JSON source text on one line. */
export interface RawField {
  readonly name: string
  /** The name as it was spelled, with its quotes. */
  readonly rawName: string
  readonly rawValue: string
}

export interface SelectedFields {
  readonly externalId: string | null
  readonly metadata: string | null
  readonly facets: readonly (string | null)[]
  /** Lone surrogates replaced in the external id and the facets; metadata keeps its escapes. */
  readonly replacedCount: number
}

/** Why a record cannot become a document. */
export interface RecordDefect {
  readonly kind: ReadProblemKind
  readonly detail: string
}

/**
 * The fields chosen by the options. Names in `fields` are distinct, and the text is not among them.
 * The external id is a string, or a number as spelled; so are facets, which may be booleans too. `null` is as good as absent.
 */
export function selectFields(fields: readonly RawField[], options: CorpusOptions): SelectedFields | RecordDefect {
  const { idField, facetFields } = options
  const id = idField === null ? null : readScalar(fields, idField)
  if (id !== null && (id.type === 'container' || id.type === 'boolean')) {
    return { kind: 'wrong-type', detail: `the id field ${JSON.stringify(idField)} is neither a string nor a number` }
  }
  let replacedCount = id?.replacedCount ?? 0
  const facets: (string | null)[] = []
  for (const field of facetFields) {
    const facet = readScalar(fields, field)
    if (facet?.type === 'container') {
      return { kind: 'wrong-type', detail: `the facet field ${JSON.stringify(field)} is an object or an array` }
    }
    facets.push(facet?.value ?? null)
    replacedCount += facet?.replacedCount ?? 0
  }
  return { externalId: id?.value ?? null, metadata: joinMetadata(fields, options), facets, replacedCount }
}

function joinMetadata(fields: readonly RawField[], { metaFields }: CorpusOptions): string | null {
  let joined = ''
  for (const { name, rawName, rawValue } of fields) {
    if (metaFields !== null && !metaFields.includes(name)) continue
    joined += `${joined === '' ? '{' : ','}${rawName}:${rawValue}`
  }
  return joined === '' ? null : `${joined}}`
}

interface Scalar {
  readonly type: 'string' | 'number' | 'boolean' | 'container'
  readonly value: string
  readonly replacedCount: number
}

function readScalar(fields: readonly RawField[], wanted: string): Scalar | null {
  const raw = fields.find(({ name }) => name === wanted)?.rawValue
  if (raw === undefined || raw === 'null') return null
  if (raw.startsWith('"')) {
    const value: string = JSON.parse(raw)
    return { type: 'string', value: value.toWellFormed(), replacedCount: countLoneSurrogates(value) }
  }
  const type = raw === 'true' || raw === 'false' ? 'boolean' : /^[[{]/.test(raw) ? 'container' : 'number'
  return { type, value: raw, replacedCount: 0 }
}
