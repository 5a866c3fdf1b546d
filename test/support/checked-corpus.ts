/** What has to come out of a cluster for a corpus? An index built on this machine, its files and its answers. */
import { join } from 'node:path'
import { type makeDocuments, readTree, writeJsonl } from '../../src/build/testkit/small-corpus.js'
import type { ClusterServices } from './cluster-services.js'
import { RightAnswers } from './right-answers.js'
import { runCliWell } from './run-cli.js'

export interface CheckedCorpus {
  /** The corpus as JSON lines. */
  readonly input: string
  /** Files of the index. */
  readonly expected: Map<string, string>
  readonly answers: RightAnswers
}

/** Builds the index beside the small one of the services; `shape` are flags of `omnigram build`. */
export async function checkCorpus(
  { index, env }: ClusterServices,
  documents: ReturnType<typeof makeDocuments>,
  shape: readonly string[],
): Promise<CheckedCorpus> {
  const here = join(index.dir, 'here')
  const input = await writeJsonl(join(index.dir, 'many.jsonl'), documents)
  await runCliWell(['build', input, '-o', here, ...shape], { env })
  const texts = documents.map(({ text }) => text)
  return { input, expected: await readTree(here), answers: await RightAnswers.of(here, texts) }
}
