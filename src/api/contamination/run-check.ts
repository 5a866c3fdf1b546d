/** How is a report made of an upload? Its items are read as on the command line, and looked for in served indexes. */
import { defaultOptions } from '../../contamination/contamination-options.js'
import type { ContaminationReport } from '../../contamination/report.js'
import { runContamination } from '../../contamination/run-contamination.js'
import type { RunJob } from '../jobs/job-runner.js'
import type { ServedIndexes } from '../served-indexes.js'
import { version } from '../version.js'
import type { CheckOrder, CheckProgress } from './check.js'
import { readUpload } from './read-upload.js'

/** Makes the report of an upload. */
export type RunCheck = RunJob<CheckOrder, CheckProgress, ContaminationReport>

/** Works on the live generations of `indexes`; `corpusDates` by name of the index. */
export function makeRunCheck(indexes: ServedIndexes, corpusDates: Readonly<Record<string, string>>): RunCheck {
  return async (order, file, signal, onProgress) => {
    const benchmark = await readUpload(order, file, signal)
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
