/** How is a report made of an upload? The file is spooled, read as on the command line, and looked for in served indexes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark } from '../../contamination/benchmark.js'
import { defaultOptions } from '../../contamination/contamination-options.js'
import { readBenchmarks } from '../../contamination/read-benchmark.js'
import { runContamination } from '../../contamination/run-contamination.js'
import { OmnigramError } from '../../core/errors.js'
import { limits } from '../../core/limits.js'
import type { ServedIndexes } from '../served-indexes.js'
import { version } from '../version.js'
import type { CheckOrder } from './check.js'
import type { RunCheck } from './check-runner.js'

/** What of an order says how its file is read. */
type FileOrder = Omit<CheckOrder, 'itemsInFile'>

/** Works on the live generations of `indexes`; `corpusDates` by name of the index. */
export function makeRunCheck(indexes: ServedIndexes, corpusDates: Readonly<Record<string, string>>): RunCheck {
  return async (order, file, signal, onProgress) => {
    const benchmark = await readUploaded(order, file, signal)
    const readers = order.indexes.map((name) => indexes.open(name))
    return runContamination(readers, [benchmark], {
      ...defaultOptions,
      views: order.views,
      corpusDates,
      table: 'community',
      date: new Date().toISOString(),
      programVersion: version,
      signal,
      onProgress: ({ phase, index, itemsDone, items, share, itemsPerSecond, etaMs }) =>
        onProgress({ phase, index, itemsDone, items, share, itemsPerSecond, etaMs }),
    })
  }
}

/** The number of items. Throws `bad-benchmark` for what cannot be read, and for too many items. */
export async function countUpload(order: FileOrder, file: Buffer, signal: AbortSignal): Promise<number> {
  const { items } = await readUploaded(order, file, signal)
  if (items.length > limits.benchmarkUploadItems) {
    throw new OmnigramError(
      'bad-benchmark',
      `The file holds ${items.length} items, the limit of an upload is ${limits.benchmarkUploadItems}.`,
    )
  }
  return items.length
}

async function readUploaded(order: FileOrder, file: Buffer, signal: AbortSignal): Promise<Benchmark> {
  const { name, category, licence, link, split, format, field, answerField } = order
  const label = `upload.${format}`
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-check-'))
  try {
    const path = join(folder, label)
    await writeFile(path, file, { mode: 0o600 })
    const fields = { ...(field !== null && { field }), ...(answerField !== null && { answerField }) }
    const [benchmark] = await readBenchmarks(path, {
      ...fields,
      name,
      category,
      licence,
      link,
      split,
      label,
      format,
      signal,
    })
    return benchmark
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
