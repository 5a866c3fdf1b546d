import { describe, expect, it } from 'vitest'
import { formatCurrent, formatManifest, type Manifest, parseCurrent, parseManifest } from './manifest.js'

const digest = '0123456789abcdef0123456789abcdef'
const manifest: Manifest = {
  format: 'omnigram-index',
  version: 1,
  symbols: 'bytes',
  options: {
    shardBytes: 1024,
    saRate: 128,
    isaRate: 512,
    profile: 'default',
    textStore: false,
    textField: 'text',
    idField: null,
    metaFields: ['url'],
    facetFields: [],
    invalidUtf8: 'replace',
  },
  statistics: { documents: 2, textBytes: 21, replacedCharacters: 0, skipped: { 'malformed-line': 1 } },
  shards: [{ name: `${digest}.fm`, checksum: digest, bytes: 5472, documents: 2, textBytes: 21 }],
}

/** The manifest with the value at `path` replaced, or dropped when it is undefined. */
function alter(path: string, value: unknown): string {
  const copy = JSON.parse(JSON.stringify(manifest))
  const names = path.split('.')
  const last = names.pop() as string
  const parent = names.reduce((object, name) => object[name], copy)
  parent[last] = value
  return JSON.stringify(copy)
}

function parse(text: string): Manifest {
  return parseManifest(text, 'generations/000001.json')
}

describe('parseManifest', () => {
  it('reads what formatManifest wrote', () => {
    expect(parse(formatManifest(manifest))).toEqual(manifest)
  })

  it.each([
    ['format', 'other', 'format is not omnigram-index'],
    ['version', '1', 'version is not 1'],
    ['version', undefined, 'version is not 1'],
    ['symbols', 'words', 'symbols is not bytes or tokens'],
    ['options', [], 'options is not an object'],
    ['options.saRate', -1, 'options.saRate is not a count'],
    ['options.saRate', 2 ** 53, 'options.saRate is not a count'],
    ['options.saRate', 1.5, 'options.saRate is not a count'],
    ['options.idField', 7, 'options.idField is not the text'],
    ['options.metaFields', [1], 'options.metaFields holds something that is not a string'],
    ['options.facetFields', null, 'options.facetFields is not a list'],
    ['options.extra', 1, 'options.extra is a field that does not belong there'],
    ['statistics.skipped', { a: 'b' }, 'statistics.skipped.a is not a count'],
    ['shards', {}, 'shards is not a list'],
    ['shards.0.name', '../../secret.fm', 'shards[0].name is not the text'],
    ['shards.0.bytes', null, 'shards[0].bytes is not a count'],
    ['shards.0', null, 'shards[0] is not an object'],
    ['toString', 1, 'toString is a field that does not belong there'],
  ])('refuses %s = %j and says where', (path, value, detail) => {
    const place = `generations/000001.json: ${detail}`
    expect(() => parse(alter(path, value))).toThrow(
      expect.objectContaining({ code: 'damaged-index', detail: expect.stringContaining(place) }),
    )
  })

  it.each(['', 'null', '[]', '7', '{"format"'])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'damaged-index' }))
  })

  it('says that a later version needs a newer program', () => {
    expect(() => parse(alter('version', 3))).toThrow(expect.objectContaining({ code: 'newer-format' }))
  })
})

describe('parseCurrent', () => {
  const sha256 = digest.repeat(2)

  it('reads what formatCurrent wrote', () => {
    expect(parseCurrent(formatCurrent('000001', sha256), 'CURRENT')).toEqual({ generation: '000001', sha256 })
  })

  it.each(['', '000001', `000001 ${digest}\n`, `../1 ${sha256}\n`, `000001 ${sha256}`, `000001 ${sha256}\n\n`])(
    'refuses %j',
    (text) => {
      expect(() => parseCurrent(text, 'CURRENT')).toThrow(expect.objectContaining({ code: 'damaged-index' }))
    },
  )
})
