/** Which verbs are there about traps? Part of the table of `verbs.ts`. */
import type { Verb } from './verb.js'

export const trapVerbs: readonly Verb[] = [
  {
    name: 'traps make',
    args: '<registry> [indexes...]',
    summary: 'Make traps and controls with a language model; none that an index holds.',
    flags: [
      'model',
      'modelTokenizer',
      'lengths',
      'perLength',
      'buckets',
      'repetitions',
      'temperatures',
      'variants',
      'injectionSeed',
      'maxSamples',
      'hashes',
    ],
    examples: [
      'omnigram traps make traps.jsonl my-index --model model.gguf --tokenizer tokenizer.json',
      'omnigram traps make traps.jsonl my-index --model model.gguf --tokenizer tokenizer.json --hashes hashes.jsonl',
    ],
    load: () => import('./traps-make.js'),
  },
  {
    name: 'traps inject',
    args: '<registry> <inputs...>',
    summary: 'Copy files of JSON lines with the traps in them, one trap a document.',
    flags: ['injectedFolder', 'edge', 'textField', 'minWords', 'injectionSeed', 'dryRun'],
    examples: [
      'omnigram traps inject traps.jsonl corpus.jsonl --dry-run',
      'omnigram traps inject traps.jsonl corpus.jsonl -o injected --edge sentence',
    ],
    load: () => import('./traps-inject.js'),
  },
  {
    name: 'traps undo',
    args: '<log>',
    summary: 'Take the traps out again: the originals, byte for byte.',
    flags: ['injectedFolder'],
    examples: [
      'omnigram traps undo injected/injection.jsonl -o restored',
      'omnigram traps undo injected/injection.jsonl -o restored --json',
    ],
    load: () => import('./traps-undo.js'),
  },
  {
    name: 'traps presence',
    args: '<registry> <indexes...>',
    summary: 'Count the traps in indexes, beside what was planned, with their documents.',
    flags: ['leaks', 'failUnplanned'],
    examples: [
      'omnigram traps presence traps.jsonl my-index --fail-unplanned',
      'omnigram traps presence traps.jsonl crawl-a crawl-b --leaks --fail-unplanned --json',
    ],
    load: () => import('./traps-presence.js'),
  },
  {
    name: 'traps neighbours',
    args: '<registry> <indexes...>',
    summary: 'Find near copies of the traps in indexes, by their exact blocks and edit distance.',
    flags: ['replaced'],
    examples: [
      'omnigram traps neighbours traps.jsonl my-index --replaced 4',
      'omnigram traps neighbours traps.jsonl index-a index-b --json',
    ],
    load: () => import('./traps-neighbours.js'),
  },
  {
    name: 'traps survival',
    args: '<registry> <before> <after>',
    summary: 'Compare the traps in a corpus before and after cleaning, with what was to be expected.',
    flags: ['method', 'substringBytes', 'keepFirst'],
    examples: [
      'omnigram traps survival traps.jsonl index-before index-after',
      'omnigram traps survival traps.jsonl index-before index-after --method line --json',
    ],
    load: () => import('./traps-survival.js'),
  },
  {
    name: 'traps detect',
    args: '<registry>',
    summary: 'Tell by log-probabilities whether a model saw the traps: AUC with interval, beside controls.',
    flags: [
      'scores',
      'model',
      'modelTokenizer',
      'ngrams',
      'endpoint',
      'endpointModel',
      'reference',
      'referenceTokenizer',
      'referenceNgrams',
      'contextFrom',
      'contextWords',
      'saveScores',
      'html',
      'resamplingSeed',
    ],
    examples: [
      'omnigram traps detect traps.jsonl --scores scores.jsonl --html report.html',
      'omnigram traps detect traps.jsonl --ngrams my-tokens --reference model.gguf --tokenizer tokenizer.json',
    ],
    load: () => import('./traps-detect.js'),
  },
]
