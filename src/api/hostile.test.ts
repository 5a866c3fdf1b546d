import type { Server } from 'node:http'
import { pack } from 'msgpackr'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ErrorCode, errorKinds } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { type RawRequest, send, startApp } from './testkit/raw-client.js'
import { makeTestApp } from './testkit/test-app.js'

const state: { server: Server | null } = { server: null }
beforeAll(async () => {
  state.server = await startApp(makeTestApp())
})
afterAll(() => state.server?.close())

function ask(request: RawRequest) {
  if (!state.server) throw new Error('The server did not start.')
  return send(state.server, request)
}

/** Every refusal is a whole problem of the registry, with the status of its code. */
async function expectProblem(request: RawRequest, code: ErrorCode): Promise<void> {
  const { status, headers, body } = await ask(request)
  const problem = JSON.parse(body.toString())
  expect({ code: problem.code, status }).toEqual({ code, status: errorKinds[code].status })
  expect(headers['content-type']).toBe('application/problem+json')
  expect(problem).toEqual({
    type: `/problems/${code}`,
    title: errorKinds[code].title,
    status,
    code,
    detail: expect.any(String),
    hint: errorKinds[code].hint,
    retryable: errorKinds[code].retryable,
    requestId: headers['x-request-id'],
  })
}

const countPath = '/v1/indexes/fruit/count'
const documentsPath = '/v1/indexes/fruit/documents'
const json = { 'content-type': 'application/json' }
const msgpack = { 'content-type': 'application/vnd.msgpack' }

const postJson = (path: string, body: string | Uint8Array): RawRequest => ({
  method: 'POST',
  path,
  headers: json,
  body,
})
const postMsgpack = (path: string, body: Uint8Array): RawRequest => ({ method: 'POST', path, headers: msgpack, body })
const bytes = (...values: number[]) => Buffer.from(values)
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('JSON bodies', () => {
  it.each<[string, string | Uint8Array]>([
    ['no body', ''],
    ['white space', '  \n'],
    ['not JSON', 'patterns'],
    ['cut short', '{"patterns":["a"'],
    ['cut in a string', '{"patterns":["a'],
    ['trailing comma', '{"patterns":["a"],}'],
    ['single quotes', "{'patterns':['a']}"],
    ['two values', '{"patterns":["a"]}{}'],
    ['a comment', '{"patterns":["a"]/**/}'],
    ['NaN', '{"patterns":["a"],"deadlineMs":NaN}'],
    ['Infinity', '{"patterns":["a"],"deadlineMs":Infinity}'],
    ['a number past the largest', '{"patterns":["a"],"deadlineMs":1e400}'],
    ['null', 'null'],
    ['true', 'true'],
    ['a number', '7'],
    ['a string', '"a"'],
    ['an array', '["a"]'],
    ['an empty object', '{}'],
    ['a byte order mark', '\ufeff{"patterns":["a"]}'],
    ['UTF-16', Buffer.from('{"patterns":["a"]}', 'utf16le')],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from('{"patterns":["'), bytes(0xff), Buffer.from('"]}')])],
    ['an overlong escape of /', Buffer.concat([Buffer.from('{"patterns":["'), bytes(0xc0, 0xaf), Buffer.from('"]}')])],
    [
      'an encoded surrogate',
      Buffer.concat([Buffer.from('{"patterns":["'), bytes(0xed, 0xa0, 0x80), Buffer.from('"]}')]),
    ],
    ['a raw control character in a string', '{"patterns":["a\u0001"]}'],
    ['a bad escape', '{"patterns":["\\x41"]}'],
    ['a key twice', '{"patterns":["a"],"patterns":["b"]}'],
    ['a key twice, once escaped', '{"patterns":["a"],"p\\u0061tterns":["b"]}'],
    ['a key twice, deeper', '{"patterns":[{"base64":"YQ==","base64":"Yg=="}]}'],
    ['nested 33 deep', `{"patterns":${nested(32)}}`],
    ['nested 200,000 deep', nested(200_000)],
    ['opened 200,000 times', '['.repeat(200_000)],
    ['objects opened 200,000 times', '{"a":'.repeat(200_000)],
    ['an unknown field', '{"patterns":["a"],"pattern":"a"}'],
    ['__proto__', '{"patterns":["a"],"__proto__":{"documents":true}}'],
    ['constructor', '{"patterns":["a"],"constructor":{"prototype":{"documents":true}}}'],
    ['__proto__ in matching', '{"patterns":["a"],"matching":{"__proto__":{"ignoreCase":true}}}'],
    ['__proto__ in a pattern', '{"patterns":[{"base64":"YQ==","__proto__":1}]}'],
    ['toString', '{"patterns":["a"],"toString":1}'],
  ])('%s is a bad argument', (_, body) => expectProblem(postJson(countPath, body), 'bad-argument'))

  it('never reach the prototype of an object', async () => {
    await ask(postJson(countPath, '{"patterns":["a"],"__proto__":{"polluted":true}}'))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('fields', () => {
  const wrong: [string, string][] = [
    ['patterns', '"a"'],
    ['patterns', 'null'],
    ['patterns', '{}'],
    ['patterns', '[]'],
    ['patterns', '[1]'],
    ['patterns', '[null]'],
    ['patterns', '[["a"]]'],
    ['patterns', '[{}]'],
    ['patterns', '[{"base64":1}]'],
    ['patterns', '[{"base64":"*"}]'],
    ['patterns', '[{"base64":"YQ==","more":1}]'],
    ['patterns', '[{"text":"a"}]'],
    ['patterns', '[true]'],
    ['patterns', '[{"base64":"YQ==="}]'],
    ['patterns', '[{"base64":"Y"}]'],
    ['patterns', '[{"base64":"Y Q="}]'],
    ['matching', 'true'],
    ['matching', '[]'],
    ['matching', 'null'],
    ['matching', '{"ignoreCase":1}'],
    ['matching', '{"ignoreCase":"true"}'],
    ['matching', '{"ignorecase":true}'],
    ['matching', '{"ignoreCase":null}'],
    ['perShard', '1'],
    ['perShard', '"true"'],
    ['perShard', 'null'],
    ['documents', '"yes"'],
    ['exact', '0'],
    ['exact', '[]'],
    ['deadlineMs', '0'],
    ['deadlineMs', '-1'],
    ['deadlineMs', '1.5'],
    ['deadlineMs', '"10"'],
    ['deadlineMs', 'null'],
    ['deadlineMs', '300001'],
    ['deadlineMs', '9007199254740993'],
    ['deadlineMs', '1e9'],
    ['deadlineMs', '[1]'],
  ]
  it.each(wrong)('%s: %s is a bad argument', (field, value) => {
    const fields = field === 'patterns' ? `"patterns":${value}` : `"patterns":["a"],"${field}":${value}`
    return expectProblem(postJson(countPath, `{${fields}}`), 'bad-argument')
  })

  const wrongPages: [string, string][] = [
    ['limit', '0'],
    ['limit', '-1'],
    ['limit', '1001'],
    ['limit', '1e9'],
    ['limit', '"10"'],
    ['limit', '1.5'],
    ['limit', 'null'],
    ['limit', '9007199254740993'],
    ['context', '-1'],
    ['context', '10001'],
    ['context', '"80"'],
    ['context', 'null'],
    ['by', '"row"'],
    ['by', '1'],
    ['by', 'null'],
    ['unit', '"utf16"'],
    ['unit', '[]'],
    ['cursor', '1'],
    ['cursor', 'null'],
    ['sampleSeed', '-1'],
    ['sampleSeed', '1.5'],
    ['sampleSeed', '9007199254740993'],
    ['sampleSeed', '"1"'],
    ['utf16Offsets', '1'],
    ['all', '["a"]'],
    ['any', '"a"'],
    ['none', '[]'],
    ['all', '[]'],
    ['position', '0'],
  ]
  it.each(wrongPages)('a page with %s: %s is a bad argument', (field, value) =>
    expectProblem(postJson(documentsPath, `{"pattern":"a","${field}":${value}}`), 'bad-argument'),
  )

  it('more patterns than the limit are a bad argument that names it', async () => {
    const body = JSON.stringify({ patterns: new Array(limits.patternsPerRequest + 1).fill('a') })
    const { body: problem } = await ask(postJson(countPath, body))
    expect(JSON.parse(problem.toString()).detail).toContain(String(limits.patternsPerRequest))
  })

  it('more terms than the limit are a bad argument', () =>
    expectProblem(
      postJson(documentsPath, JSON.stringify({ all: new Array(limits.terms + 1).fill('a') })),
      'bad-argument',
    ))

  it.each<[string, unknown, ErrorCode]>([
    ['longer than the limit', 'a'.repeat(limits.patternUnits + 1), 'bad-argument'],
    ['a lone high surrogate', '\ud83d', 'bad-pattern'],
    ['a lone low surrogate', 'a\udc00b', 'bad-pattern'],
    ['surrogates the wrong way round', '\udc00\ud83d', 'bad-pattern'],
    ['byte 0xFF', { base64: '/w==' }, 'bad-pattern'],
  ])('a pattern: %s', (_, pattern, code) =>
    expectProblem(postJson(countPath, JSON.stringify({ patterns: [pattern] })), code),
  )

  it.each<[string, unknown, object]>([
    ['bytes that are not UTF-8 when matching goes by characters', { base64: 'gA==' }, { ignoreCase: true }],
    ['a piece of a character when matching goes by characters', { base64: 'w6nD' }, { flexibleSpace: true }],
  ])('a pattern: %s', (_, pattern, matching) =>
    expectProblem(postJson(countPath, JSON.stringify({ patterns: [pattern], matching })), 'bad-pattern'),
  )

  it.each<[string, unknown, number]>([
    ['the empty one counts the bytes', '', 13],
    ['NUL', '\u0000', 0],
    ['of the greatest length', 'a'.repeat(limits.patternUnits), 0],
    ['a lone continuation byte', { base64: 'gA==' }, 0],
    ['the empty one as bytes', { base64: '' }, 13],
  ])('a pattern that may be asked for: %s', async (_, pattern, count) => {
    const { status, body } = await ask(postJson(countPath, JSON.stringify({ patterns: [pattern] })))
    expect({ status, count: JSON.parse(body.toString()).results[0].count }).toEqual({ status: 200, count })
  })
})

describe('MessagePack bodies', () => {
  const asked = pack({ patterns: ['a'] })
  it.each<[string, Uint8Array]>([
    ['no body', Buffer.alloc(0)],
    ['nil', bytes(0xc0)],
    ['a number', bytes(0x07)],
    ['cut short', asked.subarray(0, -1)],
    ['bytes after the end', Buffer.concat([asked, bytes(0xc0)])],
    ['the tag that is never used', bytes(0xc1)],
    ['an array that claims 2^32-1 entries', bytes(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a map that claims 2^32-1 entries', bytes(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['a string that claims 2^32-1 bytes', bytes(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ['binary that claims 2^32-1 bytes', bytes(0xc6, 0xff, 0xff, 0xff, 0xff)],
    ['an array that claims 65,535 entries', bytes(0xdc, 0xff, 0xff)],
    ['arrays nested 100,000 deep', Buffer.concat([Buffer.alloc(100_000, 0x91), bytes(0xc0)])],
    ['maps nested 100,000 deep', Buffer.from(`${'81a161'.repeat(100_000)}c0`, 'hex')],
    ['arrays nested 33 deep', Buffer.concat([Buffer.alloc(33, 0x91), bytes(0xc0)])],
    ['more values than the limit', Buffer.concat([bytes(0xdd, 0, 1, 0x86, 0xa1), Buffer.alloc(100_001, 0xc0)])],
    ['a date', pack({ patterns: [new Date(0)] })],
    ['a timestamp extension', bytes(0xd6, 0xff, 0, 0, 0, 0)],
    ['an extension of 8 bits', bytes(0xc7, 0x01, 0x05, 0x00)],
    ['an extension of 16 bits', bytes(0xc8, 0x00, 0x01, 0x05, 0x00)],
    ['an extension of 32 bits', bytes(0xc9, 0x00, 0x00, 0x00, 0x01, 0x05, 0x00)],
    ['a record definition', bytes(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01)],
    ['a number as a key', bytes(0x81, 0x01, 0x01)],
    ['binary as a key', bytes(0x81, 0xc4, 0x01, 0x61, 0x01)],
    ['a key twice', bytes(0x82, 0xa1, 0x61, 0x01, 0xa1, 0x61, 0x01)],
    ['a string that is not UTF-8', bytes(0x81, 0xa1, 0xff, 0x01)],
    ['an encoded surrogate', bytes(0x81, 0xa3, 0xed, 0xa0, 0x80, 0x01)],
    ['__proto__', pack(JSON.parse('{"patterns":["a"],"__proto__":{"documents":true}}'))],
    ['an unknown field', pack({ patterns: ['a'], more: 1 })],
    ['a number past 2^53 as a deadline', pack({ patterns: ['a'], deadlineMs: 2n ** 60n })],
    ['NaN as a deadline', pack({ patterns: ['a'], deadlineMs: Number.NaN })],
    ['JSON', Buffer.from('{"patterns":["a"]}')],
  ])('%s is a bad argument', (_, body) => expectProblem(postMsgpack(countPath, body), 'bad-argument'))

  it('byte 0xFF in binary is a bad pattern', () =>
    expectProblem(postMsgpack(countPath, pack({ patterns: [bytes(0xff)] })), 'bad-pattern'))
})

describe('sizes', () => {
  const large = Buffer.alloc(limits.bodyBytes + 1, 0x20)
  it.each<[string, RawRequest]>([
    ['announced', { ...postJson(countPath, large), headers: { ...json, 'content-length': String(large.length) } }],
    ['in chunks', { ...postJson(countPath, large), headers: { ...json, 'transfer-encoding': 'chunked' } }],
    ['to the door', postJson('/', large)],
  ])('a body over the limit, %s', async (_, request) => {
    const { status, headers } = await ask(request)
    expect({ status, connection: headers.connection }).toEqual({ status: 413, connection: 'close' })
  })

  it('a compressed body is not unpacked', () =>
    expectProblem(
      { ...postJson(countPath, 'x'), headers: { ...json, 'content-encoding': 'gzip' } },
      'unsupported-media-type',
    ))
})

describe('media types', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/x-ndjson',
    'text/csv',
    'application/json; charset=utf-16',
    'application/json; charset="iso-8859-1"',
    'json',
    '*/*',
    'application/*',
    ';',
  ])('a body of type %s is not supported', (type) =>
    expectProblem(
      { method: 'POST', path: countPath, headers: { 'content-type': type }, body: '{}' },
      'unsupported-media-type',
    ),
  )

  it('nor is one without a type', () =>
    expectProblem({ method: 'POST', path: countPath, body: '{"patterns":["a"]}' }, 'unsupported-media-type'))

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'APPLICATION/JSON',
    'application/json; charset="utf-8"',
  ])('a body of type %s is read', async (type) => {
    const request = { method: 'POST', path: countPath, headers: { 'content-type': type }, body: '{"patterns":["a"]}' }
    expect((await ask(request)).status).toBe(200)
  })

  it.each([
    'text/html',
    'application/xml',
    'image/*',
    'application/json;q=0',
    'text/csv',
    'application/x-ndjson',
    'nonsense',
  ])('an answer as %s is not acceptable', (accept) =>
    expectProblem({ path: `${countPath}?q=a`, headers: { accept } }, 'not-acceptable'),
  )
})

describe('addresses', () => {
  it.each<[string, ErrorCode]>([
    ['/v1/indexes/absent', 'unknown-index'],
    ['/v1/indexes/FRUIT', 'unknown-index'],
    ['/v1/indexes/fruit%00', 'unknown-index'],
    ['/v1/indexes/..%2Ffruit', 'unknown-index'],
    ['/v1/indexes/%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'unknown-index'],
    ['/v1/indexes/..%5Cfruit', 'unknown-index'],
    ['/v1/indexes/%2Fetc', 'unknown-index'],
    ['/v1/indexes/fruit,absent', 'unknown-index'],
    ['/v1/indexes/fruit,', 'unknown-index'],
    ['/v1/indexes/,', 'bad-argument'],
    ['/v1/indexes/fruit,fruit', 'bad-argument'],
    [
      `/v1/indexes/${new Array(17)
        .fill('a')
        .map((name, at) => name + at)
        .join()}`,
      'bad-argument',
    ],
    ['/v1/indexes/__proto__', 'unknown-index'],
    ['/v1/indexes/constructor', 'unknown-index'],
    ['/v1/indexes/%zz', 'bad-argument'],
    ['/v1/indexes/%ff', 'bad-argument'],
    ['/v1/indexes?x=1', 'bad-argument'],
    ['/v1', 'unknown-route'],
    ['/v2/indexes', 'unknown-route'],
    ['/V1/indexes', 'unknown-route'],
    ['/v1/indexes/fruit/count/more', 'unknown-route'],
    ['/.git/config', 'unknown-route'],
    ['/%2e%2e/package.json', 'unknown-route'],
    ['/problems/none-of-ours', 'unknown-route'],
    ['/problems/__proto__', 'unknown-route'],
    [`${documentsPath}/2`, 'unknown-document'],
    [`${documentsPath}/-1`, 'unknown-document'],
    [`${documentsPath}/1e0`, 'unknown-document'],
    [`${documentsPath}/0x1`, 'unknown-document'],
    [`${documentsPath}/99999999999999999999`, 'unknown-document'],
    [`${documentsPath}/NaN`, 'unknown-document'],
    [`${documentsPath}/..%2F0`, 'unknown-document'],
    [`${documentsPath}/id:`, 'unknown-document'],
    [`${documentsPath}/id:%00`, 'unknown-document'],
    [`${documentsPath}/id:..%2F..%2Fetc%2Fpasswd`, 'unknown-document'],
    ['/v1/indexes/fruit,poems/documents/0', 'bad-argument'],
    [`${documentsPath}/0?start=7`, 'bad-argument'],
    [`${documentsPath}/0?start=3&end=2`, 'bad-argument'],
    [`${documentsPath}/0?start=-1`, 'bad-argument'],
    [`${documentsPath}/0?end=1.5`, 'bad-argument'],
    [`${documentsPath}/0?start=1&start=2`, 'bad-argument'],
    [`${countPath}`, 'bad-argument'],
    [`${countPath}?q=%zz`, 'bad-argument'],
    [`${countPath}?q=%ff`, 'bad-argument'],
    [`${countPath}?q=%c0%af`, 'bad-argument'],
    [`${countPath}?q=%ed%a0%80`, 'bad-argument'],
    [`${countPath}?q64=*`, 'bad-argument'],
    [`${countPath}?q64=%2Fw==`, 'bad-pattern'],
    [`${countPath}?q=a&more=1`, 'bad-argument'],
    [`${countPath}?q=a&__proto__=1`, 'bad-argument'],
    [`${countPath}?q=a&ignoreCase=1`, 'bad-argument'],
    [`${countPath}?q=a&ignoreCase=true&ignoreCase=false`, 'bad-argument'],
    [`${countPath}?q=a&deadlineMs=0`, 'bad-argument'],
    [`${countPath}?q=a&deadlineMs=`, 'bad-argument'],
    [`${countPath}?q=a&deadlineMs=99999999999999999999`, 'bad-argument'],
    [`${documentsPath}?q=a&q64=YQ==`, 'bad-argument'],
    [`${documentsPath}`, 'bad-argument'],
    [`${documentsPath}?q=a&limit=0`, 'bad-argument'],
    [`${documentsPath}?q=a&limit=+5`, 'bad-argument'],
    [`${documentsPath}?q=a&limit=0x5`, 'bad-argument'],
    [`${documentsPath}?q=a&q=b`, 'bad-argument'],
    [`${documentsPath}?q=a&cursor=`, 'bad-cursor'],
    [`${documentsPath}?q=a&cursor=AAAA`, 'bad-cursor'],
    [`${documentsPath}?q=a&cursor=${'A'.repeat(64)}`, 'bad-cursor'],
    [`${documentsPath}?q=a&cursor=${'A'.repeat(201)}`, 'bad-argument'],
    ['/v1/indexes/fruit/next?q=a&unit=word', 'bad-argument'],
    ['/v1/indexes/fruit/facets?q=a', 'bad-argument'],
    ['/v1/indexes/fruit/facets?q=a&field=source', 'unknown-facet'],
    ['/v1/indexes/poems/facets?q=a&field=__proto__', 'unknown-facet'],
    ['/v1/indexes/fruit/trace', 'method-not-allowed'],
  ])('GET %s', (path, code) => expectProblem({ path }, code))
})

describe('methods', () => {
  const allowed: [string, string, string][] = [
    ['DELETE', '/v1/indexes', 'GET, HEAD, OPTIONS'],
    ['POST', '/v1/indexes', 'GET, HEAD, OPTIONS'],
    ['PUT', '/v1/indexes/fruit', 'GET, HEAD, OPTIONS'],
    ['PATCH', countPath, 'GET, HEAD, POST, OPTIONS'],
    ['DELETE', countPath, 'GET, HEAD, POST, OPTIONS'],
    ['PUT', documentsPath, 'GET, HEAD, POST, OPTIONS'],
    ['POST', `${documentsPath}/0`, 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/indexes/fruit/trace', 'POST, OPTIONS'],
    ['POST', '/livez', 'GET, HEAD, OPTIONS'],
    ['POST', '/readyz', 'GET, HEAD, OPTIONS'],
    ['POST', '/metrics', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['PUT', '/', 'GET, HEAD, POST, OPTIONS'],
    ['TRACE', countPath, 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/problems/internal', 'GET, HEAD, OPTIONS'],
  ]
  it.each(allowed)('%s %s is told what is allowed', async (method, path, allow) => {
    await expectProblem({ method, path }, 'method-not-allowed')
    const { status, headers } = await ask({ method: 'OPTIONS', path })
    expect({ status, allow: headers.allow }).toEqual({ status: 204, allow })
  })
})

describe('headers', () => {
  const odd = ['a\tb', 'a b', 'x'.repeat(65), 'é', '<script>', 'a;b', '']
  it.each(odd)('a request id of %j is replaced', async (id) => {
    const { headers } = await ask({ path: '/livez', headers: { 'x-request-id': id } })
    expect(headers['x-request-id']).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    expect(headers['x-request-id']).not.toBe(id)
  })

  it.each(['a', 'A_b-9', 'x'.repeat(64)])('a request id of %s is kept', async (id) => {
    expect((await ask({ path: '/livez', headers: { 'x-request-id': id } })).headers['x-request-id']).toBe(id)
  })

  it.each(['wait=', 'wait=-1', 'wait=abc', 'wait=99999999999', 'wait=0', 'respond-async', ',', 'wait=1;wait=2'])(
    'Prefer: %s does no harm',
    async (prefer) => {
      expect((await ask({ path: `${countPath}?q=a`, headers: { prefer } })).status).toBe(200)
    },
  )

  it('a key where none is asked for does no harm', async () => {
    expect((await ask({ path: `${countPath}?q=a`, headers: { authorization: 'Bearer nonsense' } })).status).toBe(200)
  })
})
