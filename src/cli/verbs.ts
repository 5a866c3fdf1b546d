/** Which verbs are there? */
import type { FlagName } from './flags.js'
import type { VerbDefinition } from './verb.js'

/** Flags that every verb takes. */
export const commonFlags = ['json', 'quiet', 'progress', 'jsonErrors'] as const satisfies readonly FlagName[]

const inputFlags = [
  'format',
  'textField',
  'idField',
  'metaFields',
  'facetFields',
  'invalidUtf8',
  'strict',
] as const satisfies readonly FlagName[]
const arrayFlags = ['idsType', 'documentSeparator'] as const satisfies readonly FlagName[]
const tokenFlags = ['tokenizer', 'idsField', 'vocabulary', ...arrayFlags] as const satisfies readonly FlagName[]
const buildFlags = [
  ...inputFlags,
  ...tokenFlags,
  'shardSize',
  'memory',
  'threads',
  'profile',
  'textStore',
  'saRate',
  'isaRate',
  'resume',
  'report',
] as const satisfies readonly FlagName[]
const matchFlags = ['ignoreCase', 'flexibleSpace'] as const satisfies readonly FlagName[]

const benchmarkFlags = [
  'benchmark',
  'field',
  'answerField',
  'idField',
  'subtaskField',
  'layout',
  'benchmarkFormat',
  'name',
] as const satisfies readonly FlagName[]

/** What the verbs of two words have in common. */
export const verbGroups: Readonly<Record<string, string>> = {
  contamination: 'Find out which benchmarks are in a corpus, item by item.',
  evidence: 'Make and check evidence of what stands in a corpus.',
}

type Verb = VerbDefinition & { readonly flags: readonly FlagName[] }

export const verbs: readonly Verb[] = [
  {
    name: 'build',
    args: '<inputs...>',
    summary: 'Build an index of files, folders, globs or standard input (-).',
    flags: ['output', ...buildFlags],
    examples: [
      'omnigram build corpus.jsonl.gz -o my-index --memory 4G',
      'omnigram build corpus.jsonl --tokenizer tokenizer.json -o token-index',
    ],
    load: () => import('./build.js'),
  },
  {
    name: 'append',
    args: '<index> <inputs...>',
    summary: 'Add documents to an index as new shards.',
    flags: ['memory', 'threads', 'strict', 'format', ...arrayFlags, 'resume', 'report'],
    examples: ['omnigram append my-index new.jsonl', 'omnigram append my-index part-*.parquet --strict'],
    load: () => import('./append.js'),
  },
  {
    name: 'inspect',
    args: '<index>',
    summary: 'Show what an index holds: sizes by section, ratio, runs, entropy.',
    flags: [],
    examples: ['omnigram inspect my-index', 'omnigram inspect my-index --json'],
    load: () => import('./inspect.js'),
  },
  {
    name: 'verify',
    args: '<index>',
    summary: 'Check every byte of an index against its checksums.',
    flags: ['deep'],
    examples: ['omnigram verify my-index', 'omnigram verify my-index --deep'],
    load: () => import('./verify.js'),
  },
  {
    name: 'gc',
    args: '<index>',
    summary: 'Remove generations, and shards that no kept generation names.',
    flags: ['keep'],
    examples: ['omnigram gc my-index', 'omnigram gc my-index --keep 3'],
    load: () => import('./gc.js'),
  },
  {
    name: 'count',
    args: '<index> [patterns...]',
    summary: 'Count how often each pattern occurs (overlaps count).',
    flags: ['fromFile', 'ids', 'idsFile', ...matchFlags, 'docs', 'exact', 'seed', 'failAbsent'],
    examples: [
      'omnigram count my-index "natural language processing"',
      'omnigram count my-index -f patterns.txt --json',
    ],
    load: () => import('./count.js'),
  },
  {
    name: 'search',
    args: '<index> [pattern]',
    summary: 'Show where a pattern occurs, with context.',
    flags: [
      'ids',
      ...matchFlags,
      'limit',
      'context',
      'by',
      'docs',
      'from',
      'sample',
      'seed',
      'all',
      'any',
      'none',
      'facet',
      'exact',
      'output',
      'raw',
    ],
    examples: [
      'omnigram search my-index "Call me" -C 40',
      'omnigram search my-index Darcy --docs -n 100 -o hits.jsonl --json',
    ],
    load: () => import('./search.js'),
  },
  {
    name: 'doc',
    args: '<index> [document]',
    summary: 'Print a document by its number or external id.',
    flags: ['id', 'start', 'end', 'raw'],
    examples: ['omnigram doc my-index 0', 'omnigram doc my-index --id wiki-1234 --json'],
    load: () => import('./doc.js'),
  },
  {
    name: 'next',
    args: '<index> [pattern]',
    summary: 'Show what follows a pattern and how often, exactly.',
    flags: ['ids', ...matchFlags, 'unit', 'top'],
    examples: ['omnigram next my-index "the wh"', 'omnigram next token-index --ids 1,2 --json'],
    load: () => import('./next.js'),
  },
  {
    name: 'trace',
    args: '<index> <file>',
    summary: 'Find the parts of a text that stand in the corpus word for word.',
    flags: ['allSpans', 'documentsPerSpan', 'seed'],
    examples: ['omnigram trace my-index answer.txt', 'omnigram trace my-index answer.txt --all --json'],
    load: () => import('./trace.js'),
  },
  {
    name: 'serve',
    args: '<indexes...>',
    summary: 'Serve indexes over HTTP, with pages, each under its base name.',
    flags: [
      'host',
      'port',
      'workers',
      'residency',
      'keys',
      'publicScopes',
      'reports',
      'state',
      'keepChecks',
      'cors',
      'deadline',
      'rateLimit',
      'logQueries',
      'metricsPort',
    ],
    examples: ['omnigram serve my-index', 'omnigram serve index-a index-b --port 9000 --reports reports/'],
    load: () => import('./serve.js'),
  },
  {
    name: 'keys',
    args: '<file> <name>',
    summary: 'Make an API key: it is shown once, the file keeps its hash.',
    flags: ['scopes', 'indexes', 'days', 'revoke'],
    examples: [
      'omnigram keys keys.json notebook --scopes count,search --indexes my-index',
      'omnigram keys keys.json notebook --revoke',
    ],
    load: () => import('./keys.js'),
  },
  {
    name: 'contamination run',
    args: '<indexes...>',
    summary: 'Check benchmarks against indexes: share of dirty items, with evidence.',
    flags: [
      ...benchmarkFlags,
      'category',
      'licence',
      'link',
      'split',
      'view',
      'sampleItems',
      'seed',
      'suspiciousFrom',
      'dirtyFrom',
      'testShort',
      'countsOnly',
      'withoutText',
      'date',
      'corpusDate',
      'judge',
      'judgeModel',
      'workers',
      'reportFile',
      'items',
      'html',
      'failAbove',
    ],
    examples: [
      'omnigram contamination run my-index --benchmark gsm8k.jsonl --fail-above 1%',
      'omnigram contamination run index-a index-b -b mmlu.csv -b arc.parquet --view all -o report.json --html report.html',
    ],
    load: () => import('./contamination-run.js'),
  },
  {
    name: 'contamination report',
    args: '<report>',
    summary: 'Show a report, or write it as HTML or as a line an item.',
    flags: ['html', 'items', 'failAbove'],
    examples: [
      'omnigram contamination report report.json',
      'omnigram contamination report report.json --html report.html --items items.jsonl',
    ],
    load: () => import('./contamination-report.js'),
  },
  {
    name: 'contamination compare',
    args: '<before> <after>',
    summary: 'Show what changed between two reports: rates, and items whose class changed.',
    flags: ['items'],
    examples: [
      'omnigram contamination compare june.json july.json',
      'omnigram contamination compare june.json july.json --items changed.jsonl --json',
    ],
    load: () => import('./contamination-compare.js'),
  },
  {
    name: 'contamination clean',
    args: '<report> [index]',
    summary: 'Write a benchmark without its dirty items, or list what to remove from the corpus.',
    flags: [...benchmarkFlags, 'drop', 'cut', 'workers', 'output'],
    examples: [
      'omnigram contamination clean report.json --benchmark gsm8k.jsonl -o gsm8k-clean.jsonl',
      'omnigram contamination clean report.json my-index --cut -o spans.jsonl',
    ],
    load: () => import('./contamination-clean.js'),
  },
  {
    name: 'evidence make',
    args: '<report> <index>',
    summary: 'Bundle what was found where, with hashes, so that others can check it.',
    flags: ['benchmark', 'item', 'date', 'sign', 'output'],
    examples: [
      'omnigram evidence make report.json my-index -o evidence.json',
      'omnigram evidence make report.json my-index --benchmark humaneval --item HumanEval/0 -o evidence.json',
    ],
    load: () => import('./evidence-make.js'),
  },
  {
    name: 'evidence verify',
    args: '<bundle> [index]',
    summary: 'Check that a bundle is unchanged and, with the index, that it is true.',
    flags: ['publicKey'],
    examples: [
      'omnigram evidence verify evidence.json my-index',
      'omnigram evidence verify evidence.json --public-key signer.pem',
    ],
    load: () => import('./evidence-verify.js'),
  },
  {
    name: 'bench',
    args: '[args...]',
    summary: 'Measure this machine beside the peers (in a checkout).',
    flags: [],
    examples: ['omnigram bench -- --corpus corpus.jsonl', 'npm run bench -- --corpus corpus.jsonl'],
    load: () => import('./bench.js'),
  },
  {
    name: 'completion',
    args: '<shell>',
    summary: 'Print the completion script of bash, zsh or fish.',
    flags: [],
    examples: ['omnigram completion bash', 'omnigram completion fish'],
    load: () => import('./completion.js'),
  },
]
