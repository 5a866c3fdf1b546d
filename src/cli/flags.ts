/** Which flags are there? The one table that parsing, help, completion and docs/cli.md come from. */
import { benchmarkFormats } from '../contamination/benchmark-formats.js'
import { viewNames } from '../contamination/views.js'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { residencies } from '../core/residency.js'
import { parseBytes, parseDuration, parseInteger } from '../core/units.js'
import { injectionEdges } from '../traps/injection/splice-traps.js'
import { changeFlags } from './change-flags.js'
import { clusterFlags } from './cluster-flags.js'
import { detectionFlags } from './detection-flags.js'
import { draftingFlags } from './drafting-flags.js'
import { asParser, collect, type FlagDefinition, integer } from './flag-parsers.js'
import { parseIds } from './parse-ids.js'
import { repetitionFlags } from './repetition-flags.js'

const bytes = asParser(parseBytes)
const duration = asParser(parseDuration)
const names = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
const collectIds = (text: string, previous: unknown) => [
  ...((previous as Uint32Array[] | undefined) ?? []),
  asParser((ids) => parseIds(ids, '--ids'))(text),
]
const rate = asParser((text) => {
  const value = parseInteger(text, 'the rate', 1, 65_536)
  if ((value & (value - 1)) !== 0) throw new OmnigramError('bad-argument', `${value} is not a power of two.`)
  return value
})

const share = asParser((text) => {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim())
  const value = match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : Number.NaN
  if (value >= 0 && value <= 1) return value
  throw new OmnigramError('bad-argument', `${JSON.stringify(text)} is not a share such as 1% or 0.01.`)
})
const integers = (name: string, low: number, high: number) =>
  asParser((text) => names(text).map((part) => parseInteger(part, name, low, high)))
const temperatures = asParser((text) =>
  names(text).map((part) => {
    const value = Number(part)
    if (value > 0 && value <= 100) return value
    throw new OmnigramError('bad-argument', `${JSON.stringify(part)} is not a temperature above 0 and up to 100.`)
  }),
)
const itemLimit = asParser((text) =>
  text === 'all' ? 'all' : parseInteger(text, '--sample', 1, limits.benchmarkItems),
)
const isoDate = asParser((text) => {
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new OmnigramError('bad-argument', `${JSON.stringify(text)} is not a date such as 2026-01-31.`)
})

export const flagTable = {
  'json': { flags: '--json', description: 'print JSON, one value a line' },
  'quiet': { flags: '-q, --quiet', description: 'no progress and no remarks' },
  'progress': { flags: '--progress', description: 'progress lines even when standard error is not a terminal' },
  'jsonErrors': { flags: '--json-errors', description: 'print an error as one line of JSON on standard error' },
  'raw': { flags: '--raw', description: 'print corpus text as it is, control characters included' },
  'output': { flags: '-o, --output <path>', description: 'the index folder, or the file for the results' },
  'format': {
    flags: '--format <format>',
    description: 'read every input as this format, whatever its name',
    choices: ['jsonl', 'text', 'parquet', 'warc', 'npy', 'bin'],
  },
  'textField': { flags: '--text-field <name>', description: 'field that holds the text', fallback: 'text' },
  'tokenizer': { flags: '--tokenizer <file>', description: 'index tokens: text goes through this tokenizer.json' },
  'idsField': {
    flags: '--ids-field <name>',
    description: 'index tokens: field with arrays of ready ids (--tokenizer then only tells what they say)',
  },
  'vocabulary': {
    flags: '--vocabulary <n>',
    description: 'token ids are below n (default: as the tokenizer says, or the ids of each shard)',
    parse: integer('--vocabulary', 1, limits.vocabulary),
  },
  'idsType': { flags: '--ids-type <type>', description: 'width of the ids of .bin files', choices: ['u16', 'u32'] },
  'documentSeparator': {
    flags: '--document-separator <id>',
    description: 'the id that ends a document in .bin and flat .npy files (default: a file is a document)',
    parse: integer('--document-separator', 0, 4_294_967_294),
  },
  'ids': {
    flags: '--ids <ids>',
    description: 'token ids instead of a pattern, comma-separated (count: repeatable)',
    parse: collectIds,
  },
  'idsFile': { flags: '--ids-file <file>', description: 'token ids from a file, a JSON array or numbers a line' },
  'idField': { flags: '--id-field <name>', description: 'field that names the document' },
  'metaFields': {
    flags: '--meta-fields <names>',
    description: 'fields kept as metadata, comma-separated (default: all others)',
    parse: names,
  },
  'facetFields': {
    flags: '--facet-fields <names>',
    description: 'fields counted by value, comma-separated',
    parse: names,
    fallback: [],
  },
  'invalidUtf8': {
    flags: '--invalid-utf8 <policy>',
    description: 'text that is not UTF-8',
    choices: ['replace', 'skip', 'fail'],
    fallback: 'replace',
  },
  'strict': { flags: '--strict', description: 'stop at the first malformed line or unreadable file' },
  'shardSize': {
    flags: '--shard-size <size>',
    description: 'text of one shard, or token ids of 4 bytes each; decides the shard borders',
    parse: bytes,
    fallback: 2 ** 30,
  },
  'memory': {
    flags: '--memory <size>',
    description: 'memory the work may take (default: 3/4 of what is free)',
    parse: bytes,
  },
  'threads': {
    flags: '--threads <n>',
    description: 'threads of the work (default: all cores)',
    parse: integer('--threads', 1, 1_024),
  },
  'profile': {
    flags: '--profile <profile>',
    description: 'rank structure: smaller or faster',
    choices: ['default', 'small', 'fast'],
    fallback: 'default',
  },
  'textStore': {
    flags: '--text-store',
    description: 'keep the text too, compressed to about 0.3 of it: texts and long patterns are read many times faster',
  },
  'saRate': {
    flags: '--sa-rate <n>',
    description: 'a suffix-array sample every n bytes (a power of two)',
    parse: rate,
    fallback: 128,
  },
  'isaRate': {
    flags: '--isa-rate <n>',
    description: 'an inverse sample every n bytes (a power of two)',
    parse: rate,
    fallback: 512,
  },
  ...clusterFlags,
  'resume': { flags: '--resume', description: 'go on with a stopped build' },
  'report': { flags: '--report <file>', description: 'write the closing report as JSON to this file' },
  'deep': { flags: '--deep', description: 'check the structures against each other, not only checksums' },
  'keep': {
    flags: '--keep <n>',
    description: 'generations to keep',
    parse: integer('--keep', 1, 1_000_000),
    fallback: 1,
  },
  'ignoreCase': { flags: '-i, --ignore-case', description: 'match by Unicode simple case folding' },
  'flexibleSpace': {
    flags: '-s, --flexible-space',
    description: 'a run of white space inside the pattern matches any run',
  },
  'fromFile': {
    flags: '-f, --from-file <file>',
    description: 'patterns from a file, one JSON string a line (or plain text)',
  },
  'docs': { flags: '--docs', description: 'count: the number of documents too; search: one result a document' },
  'exact': { flags: '--exact', description: 'no budget: exact numbers of documents, however long it takes' },
  'failAbsent': { flags: '--fail-absent', description: 'exit with 1 when a pattern does not occur' },
  'limit': {
    flags: '-n, --limit <n>',
    description: 'results at most',
    parse: integer('--limit', 1, 1_000_000_000),
    fallback: 10,
  },
  'context': {
    flags: '-C, --context <n>',
    description: 'characters or tokens of context on each side',
    parse: integer('--context', 0, limits.contextUnits),
    fallback: 60,
  },
  'by': {
    flags: '--by <what>',
    description: 'one result an occurrence or a document',
    choices: ['occurrence', 'document'],
    fallback: 'occurrence',
  },
  'from': {
    flags: '--from <position>',
    description: 'start at a position that an earlier page ended with',
    parse: integer('--from', 0, Number.MAX_SAFE_INTEGER),
  },
  'sample': {
    flags: '--sample <n>',
    description: 'n occurrences at random instead of the first ones',
    parse: integer('--sample', 1, limits.pageSize),
  },
  'seed': {
    flags: '--seed <n>',
    description: 'seed of --sample and of estimates',
    parse: integer('--seed', 0, 4_294_967_295),
    fallback: 0,
  },
  'partial': {
    flags: '--partial',
    description: 'of a server whose shards are not all there: answer for the others, marked, with lower bounds',
  },
  'all': { flags: '--all <pattern>', description: 'documents that hold this too (repeatable)', parse: collect },
  'any': {
    flags: '--any <pattern>',
    description: 'documents that hold at least one of these (repeatable)',
    parse: collect,
  },
  'none': { flags: '--none <pattern>', description: 'documents without this (repeatable)', parse: collect },
  'facet': { flags: '--facet <field>', description: 'counts by the values of a facet field' },
  'unit': {
    flags: '--unit <unit>',
    description: 'what follows (default: character; in a token index token)',
    choices: ['byte', 'character', 'token'],
  },
  'replaced': {
    flags: '--replaced <n>',
    description: 'tokens of a trap that a near copy may have replaced (default: 4)',
    parse: integer('--replaced', 0, 50),
  },
  'allSpans': { flags: '--all', description: 'every span, down to bytes, none cut to words' },
  'documentsPerSpan': {
    flags: '--documents-per-span <n>',
    description: 'occurrences shown of each span',
    parse: integer('--documents-per-span', 0, 10),
  },
  'top': { flags: '--top <n>', description: 'the most frequent n only', parse: integer('--top', 1, 2_000_000) },
  'id': { flags: '--id <id>', description: 'the document of this external id' },
  'start': {
    flags: '--start <offset>',
    description: 'first byte, or token, of the part to print',
    parse: integer('--start', 0, Number.MAX_SAFE_INTEGER),
  },
  'end': {
    flags: '--end <offset>',
    description: 'byte, or token, after the part to print',
    parse: integer('--end', 0, Number.MAX_SAFE_INTEGER),
  },
  'host': { flags: '--host <address>', description: 'address to listen on', fallback: '127.0.0.1' },
  'port': {
    flags: '-p, --port <n>',
    description: 'port to listen on; 0 takes a free one',
    parse: integer('--port', 0, 65_535),
    fallback: 8080,
  },
  'workers': {
    flags: '--workers <n>',
    description: 'worker threads (default: all cores)',
    parse: integer('--workers', 1, 1_024),
  },
  'residency': {
    flags: '--residency <how>',
    description: 'map the shards, read them into memory, or only what the search needs',
    choices: residencies,
    fallback: 'mmap',
  },
  'readyFile': {
    flags: '--ready-file <file>',
    description: 'is there while the server holds its shards, for probes',
  },
  'cache': {
    flags: '--cache <dir>',
    description: 'folder for indexes from a store (default: $OMNIGRAM_CACHE, or ~/.cache/omnigram)',
  },
  'keys': { flags: '--keys <file>', description: 'JSON file of hashed API keys; without it no key is needed' },
  'scopes': {
    flags: '--scopes <names>',
    description: 'what the key may ask: count, search, documents, batch, publish, admin; comma-separated',
    parse: names,
    fallback: ['count', 'search', 'documents'],
  },
  'indexes': {
    flags: '--indexes <names>',
    description: 'indexes that the key may read, comma-separated; * for all',
    parse: names,
    fallback: ['*'],
  },
  'days': {
    flags: '--days <n>',
    description: 'days after which the key ends (default: never)',
    parse: integer('--days', 1, 36_500),
  },
  'revoke': { flags: '--revoke', description: 'take the key out of the file' },
  'publicScopes': {
    flags: '--public-scopes <names>',
    description: 'what may be asked without a key, comma-separated, where --keys is given (default: nothing)',
    parse: names,
  },
  'reports': {
    flags: '--reports <path>',
    description: 'contamination report, or folder of them, for the core table (repeatable)',
    parse: collect,
  },
  'state': {
    flags: '--state <dir>',
    description: 'folder for uploaded checks and published results, made with the first one; `memory` keeps none',
    fallback: '.omnigram/state',
  },
  'keepChecks': {
    flags: '--keep-checks <time>',
    description: 'how long a check is kept after its end, unless it is published',
    parse: duration,
    fallback: 7 * 24 * 60 * 60 * 1_000,
  },
  'cors': { flags: '--cors <origin>', description: 'origin that browsers may call from (repeatable)', parse: collect },
  'deadline': {
    flags: '--deadline <time>',
    description: 'longest time for a request',
    parse: duration,
    fallback: limits.deadlineMs,
  },
  'rateLimit': {
    flags: '--rate-limit <n>',
    description: 'cost units a client may spend a minute; 0 is no limit',
    parse: integer('--rate-limit', 0, 1_000_000_000),
  },
  'logQueries': {
    flags: '--log-queries <how>',
    description: 'what the log says of query texts',
    choices: ['none', 'hash', 'text'],
    fallback: 'none',
  },
  'metricsPort': {
    flags: '--metrics-port <n>',
    description: 'serve /metrics on a loopback port of its own',
    parse: integer('--metrics-port', 0, 65_535),
  },
  'benchmark': { flags: '-b, --benchmark <file>', description: 'benchmark file (repeatable)', parse: collect },
  'items': { flags: '--items <file>', description: 'write one line of JSON an item to this file' },
  'html': { flags: '--html <file>', description: 'write the report as one HTML file' },
  'reportFile': { flags: '-o, --output <file>', description: 'write the report as JSON to this file' },
  'view': {
    flags: '--view <names>',
    description: `ways of matching, comma-separated, the first one decides: ${viewNames.join(', ')}; or all`,
    parse: names,
    fallback: ['exact'],
  },
  'sampleItems': {
    flags: '--sample <n>',
    description: 'items checked of a larger benchmark, in proportion to its subtasks; or all',
    parse: itemLimit,
    fallback: 1_000,
  },
  'field': {
    flags: '--field <name>',
    description: 'field that is looked for (default: question, or as the layout says)',
  },
  'answerField': { flags: '--answer-field <name>', description: 'field of the correct answer' },
  'subtaskField': { flags: '--subtask-field <name>', description: 'field that names the subtask' },
  'layout': { flags: '--layout <name>', description: 'layout of the benchmark (default: by its fields)' },
  'benchmarkFormat': {
    flags: '--benchmark-format <format>',
    description: 'read the benchmark as this format, whatever its name',
    choices: benchmarkFormats,
  },
  'name': { flags: '--name <name>', description: 'name of the benchmark (default: as its items say, or the file)' },
  'category': { flags: '--category <name>', description: 'group of the benchmark in tables' },
  'licence': { flags: '--licence <name>', description: 'licence of the benchmark, for the report' },
  'link': { flags: '--link <address>', description: 'where the benchmark comes from, for the report' },
  'split': { flags: '--split <name>', description: 'split of the benchmark, for the report' },
  'suspiciousFrom': {
    flags: '--suspicious-from <share>',
    description: 'share of found windows that makes an item suspicious',
    parse: share,
    fallback: 0.2,
  },
  'dirtyFrom': {
    flags: '--dirty-from <share>',
    description: 'share of found windows that makes an item dirty',
    parse: share,
    fallback: 0.8,
  },
  'testShort': {
    flags: '--test-short',
    description: 'look for items below 50 characters as a whole; both rates are shown',
  },
  'countsOnly': { flags: '--counts-only', description: 'no longest matches and no evidence: faster' },
  'withoutText': { flags: '--without-text', description: "leave the items' texts out of the report" },
  'date': { flags: '--date <date>', description: 'date of the report (default: now)', parse: isoDate },
  'corpusDate': {
    flags: '--corpus-date <name=date>',
    description: 'date of the corpus of an index, for trends (repeatable)',
    parse: collect,
  },
  'failAbove': {
    flags: '--fail-above <share>',
    description: 'exit with 1 when a dirty rate is above this, such as 1%',
    parse: share,
  },
  'judge': {
    flags: '--judge <url>',
    description: 'OpenAI-compatible endpoint that decides categories; its key is read from OMNIGRAM_JUDGE_KEY',
  },
  'judgeModel': { flags: '--judge-model <name>', description: 'language model to ask there' },
  'drop': { flags: '--drop', description: 'list the documents of the corpus to drop, instead of cleaning a benchmark' },
  'cut': { flags: '--cut', description: 'list the parts of the corpus to cut, instead of cleaning a benchmark' },
  'item': { flags: '--item <id>', description: 'only this item (repeatable)', parse: collect },
  'sign': { flags: '--sign <file>', description: 'sign with this Ed25519 private key (PEM)' },
  'model': { flags: '--model <file>', description: 'language model in this process, a GGUF file' },
  'modelTokenizer': { flags: '--tokenizer <file>', description: 'tokenizer.json of the model' },
  'lengths': {
    flags: '--lengths <list>',
    description: 'tokens of the traps, comma-separated',
    parse: integers('--lengths', 2, 1_000),
    fallback: [25, 50, 100],
  },
  'perLength': {
    flags: '--per-length <n>',
    description: 'traps of each length, and as many controls',
    parse: integer('--per-length', 1, 100_000),
    fallback: 20,
  },
  'buckets': {
    flags: '--buckets <n>',
    description: 'equal parts of the perplexities 1 to 101 that fill evenly',
    parse: integer('--buckets', 1, 100),
    fallback: 10,
  },
  'repetitions': {
    flags: '--repetitions <list>',
    description: 'copies of the traps, dealt out in turn, comma-separated',
    parse: integers('--repetitions', 1, 1_000_000),
    fallback: [1, 10, 100, 1_000],
  },
  'temperatures': {
    flags: '--temperatures <list>',
    description: 'temperatures of sampling, taken in turn (default: 0.5 to 3.5; for 100 tokens and more to 7.75)',
    parse: temperatures,
  },
  'maxSamples': {
    flags: '--max-samples <n>',
    description: 'samples of a length before it is given up',
    parse: integer('--max-samples', 1, 100_000_000),
    fallback: 10_000,
  },
  'variants': {
    flags: '--variants <list>',
    description: 'also a variant of each trap with so many tokens replaced, comma-separated',
    parse: integers('--variants', 1, 1_000),
  },
  'hashes': { flags: '--hashes <file>', description: 'write salted hashes, which may be published, to this file' },
  'siteFolder': {
    flags: '-o, --output <dir>',
    description: 'folder of the site: absent, empty, or an earlier export, which is replaced',
  },
  'injectedFolder': {
    flags: '-o, --output <dir>',
    description: 'folder for the files, with none of their names in it',
  },
  'edge': {
    flags: '--edge <edge>',
    description: 'where a trap may stand; published: before any word, and glued to it',
    choices: injectionEdges,
    fallback: 'published',
  },
  'minWords': {
    flags: '--min-words <n>',
    description: 'documents with fewer words take no trap',
    parse: integer('--min-words', 1, 1_000_000_000),
    fallback: 1,
  },
  'injectionSeed': {
    flags: '--seed <n>',
    description: 'seed of the documents and places',
    parse: integer('--seed', 0, 4_294_967_295),
    fallback: 0,
  },
  'dryRun': { flags: '--dry-run', description: 'only say where the traps would go' },
  'failUnplanned': { flags: '--fail-unplanned', description: 'exit with 1 when a count is not as planned' },
  'leaks': {
    flags: '--leaks',
    description: 'the indexes are of others: no trap is planned there, each found one leaked',
  },
  'method': {
    flags: '--method <method>',
    description: 'cleaning that is expected: repeated strings of --length bytes, or equal lines but the first',
    choices: ['substring', 'line'],
    fallback: 'substring',
  },
  'substringBytes': {
    flags: '--length <bytes>',
    description: 'bytes of the strings that exact-substring deduplication removes',
    parse: integer('--length', 1, limits.contextUnits),
    fallback: 100,
  },
  'keepFirst': { flags: '--keep-first', description: 'the first copy of a repeated string stays' },
  'scores': { flags: '--scores <file>', description: 'log-probabilities of the traps, one line of JSON a trap' },
  ...detectionFlags,
  ...changeFlags,
  'resamplingSeed': {
    flags: '--seed <n>',
    description: 'seed of the intervals and permutations',
    parse: integer('--seed', 0, 4_294_967_295),
    fallback: 0,
  },
  ...draftingFlags,
  ...repetitionFlags,
  'publicKey': { flags: '--public-key <file>', description: 'Ed25519 public key (PEM) that must have signed' },
} as const satisfies Record<string, FlagDefinition>

export type FlagName = keyof typeof flagTable
