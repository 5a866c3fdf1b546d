/** Which flags do the verbs have that decode and score texts? Part of the one table. */
import { completionDefaults, completionModes, drafterNames } from '../drafting/complete/completion.js'
import { superposedPresets } from '../drafting/filter/filter-options.js'
import { decimal, type FlagDefinition, integer } from './flag-parsers.js'

export const draftingFlags = {
  'mode': {
    flags: '--mode <mode>',
    description: 'several drafts in one stream, one text with several tokens a pass, or one token a pass',
    choices: completionModes,
    fallback: completionDefaults.mode,
  },
  'tokens': {
    flags: '--tokens <n>',
    description: 'tokens to write at most',
    parse: integer('--tokens', 1, 8_192),
    fallback: completionDefaults.maxTokens,
  },
  'preset': {
    flags: '--preset <name>',
    description: 'superposed: published parameters (p: prompt, g: output, d: drafts)',
    choices: Object.keys(superposedPresets),
    fallback: completionDefaults.preset,
  },
  'noFilter': { flags: '--no-filter', description: 'superposed: by the model alone, without n-grams of the index' },
  'resetAfter': {
    flags: '--reset-after <n>',
    description: 'superposed: all drafts restart from one of them after so many tokens (default: never)',
    parse: integer('--reset-after', 1, 8_192),
  },
  'drafter': {
    flags: '--drafter <name>',
    description: 'speculative: who guesses',
    choices: drafterNames,
    fallback: completionDefaults.drafter,
  },
  'nodes': {
    flags: '--nodes <n>',
    description: 'speculative: tokens drafted for a pass',
    parse: integer('--nodes', 1, 256),
    fallback: completionDefaults.nodes,
  },
  'depth': {
    flags: '--depth <n>',
    description: 'speculative: longest drafted path',
    parse: integer('--depth', 1, 64),
    fallback: completionDefaults.depth,
  },
  'temperature': {
    flags: '--temperature <t>',
    description: 'plain, speculative: 0 takes the likeliest token',
    parse: decimal('--temperature', 0, 100),
    fallback: 0,
  },
  'topP': {
    flags: '--top-p <p>',
    description: 'plain, speculative: sample from the likeliest tokens that hold this much of the probability',
    parse: decimal('--top-p', 0.01, 1),
    fallback: 1,
  },
  'samplingSeed': {
    flags: '--seed <n>',
    description: 'seed of sampling and of restarts',
    parse: integer('--seed', 0, 4_294_967_295),
    fallback: 0,
  },
  'within': {
    flags: '--within <what>',
    description: 'plain, speculative: write only strings that occur, or only whole documents',
    choices: ['corpus', 'documents'],
  },
  'window': {
    flags: '--window <n>',
    description: 'with --within corpus: only so many last tokens have to occur, with the next one',
    parse: integer('--window', 1, 64),
  },
  'titles': {
    flags: '--titles <file>',
    description:
      'plain, speculative: write one of these texts, a line or JSON string each, as it stands after the prompt',
  },
  'order': {
    flags: '--order <n>',
    description: 'tokens of the n-grams, the one that is judged included',
    parse: integer('--order', 1, 64),
    fallback: 5,
  },
  'documentNumber': {
    flags: '--document <n>',
    description: 'judge this document of the index instead of a file',
    parse: integer('--document', 0, Number.MAX_SAFE_INTEGER),
  },
  'textIds': { flags: '--ids-file <file>', description: 'judge token ids instead of text: a list in one line' },
  'leaveOneOut': {
    flags: '--leave-one-out',
    description: 'do not count the text itself: exact where it is a whole document of the index, else by plateaus',
  },
  'fit': { flags: '--fit <file>', description: 'text on which weights are fitted (default: each half on the other)' },
  'modelWindow': {
    flags: '--window <n>',
    description:
      'tokens that the model reads at a time, overlapping by half (default: as many as it can; by --endpoint 1,024)',
    parse: integer('--window', 2, 1_000_000),
  },
  'tokenScores': {
    flags: '--scores <file>',
    description: 'log-probabilities of the text by any model, as {"logProbabilities":[…]}, instead of --model',
  },
  'perToken': { flags: '-o, --output <file>', description: 'write one line of JSON a token to this file' },
  'origins': { flags: '--origins', description: 'speculative: say where accepted tokens come from' },
} as const satisfies Record<string, FlagDefinition>
