/** Where is the small corpus that golden tests use, and what is known of it? */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const knownPath = join(root, '../shared/data/known_small.jsonl')

export const smallCorpusPath = join(process.env.OMNIGRAM_CORPORA ?? join(root, '.omnigram/corpora'), 'small.jsonl')

/** Why a golden test cannot run; null where it can. */
export const smallCorpusLack = existsSync(smallCorpusPath)
  ? null
  : `${smallCorpusPath} is not there: node scripts/setup-test-tools.mjs makes it, or OMNIGRAM_CORPORA names its folder`
export const knownCountsLack = existsSync(knownPath) ? smallCorpusLack : 'the known counts lie not beside the checkout'

export interface KnownCount {
  readonly query: string
  readonly count: number
  readonly docs: number
}

export function readKnownCounts(): KnownCount[] {
  return readJsonl<KnownCount>(knownPath)
}

/** The texts of a corpus, read without the product. */
export function readTexts(path: string): string[] {
  return readJsonl<{ text: string }>(path).map(({ text }) => text)
}

function readJsonl<Row>(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}
