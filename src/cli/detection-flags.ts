/** Which flags name the models of `traps detect`, and what they are asked? */
import { type FlagDefinition, integer } from './flag-parsers.js'

export const detectionFlags = {
  'ngrams': { flags: '--ngrams <index>', description: 'index of tokens whose counts are the model (an infinity-gram)' },
  'endpoint': {
    flags: '--endpoint <url>',
    description: 'OpenAI-compatible endpoint that echoes prompts; its key is read from OMNIGRAM_MODEL_KEY',
  },
  'endpointModel': { flags: '--endpoint-model <name>', description: 'language model to ask there' },
  'reference': {
    flags: '--reference <file>',
    description: 'language model that has not seen the traps, a GGUF file: its perplexity divides the other',
  },
  'referenceTokenizer': {
    flags: '--reference-tokenizer <file>',
    description: 'tokenizer.json of the reference (default: that of --tokenizer)',
  },
  'referenceNgrams': {
    flags: '--reference-ngrams <index>',
    description: 'index of tokens whose counts are the reference',
  },
  'contextFrom': {
    flags: '--context-from <index>',
    description: 'index that holds the traps: they are scored once more after what stands before them there',
  },
  'contextWords': {
    flags: '--context-words <n>',
    description: 'words before a trap that are its context',
    parse: integer('--context-words', 1, 1_000),
    fallback: 50,
  },
  'saveScores': { flags: '--save-scores <file>', description: 'write the log-probabilities, as --scores reads them' },
} as const satisfies Record<string, FlagDefinition>
