/** How do reports and bundles get from disk? */
import { readFile, stat } from 'node:fs/promises'
import { type ContaminationReport, parseReport } from '../contamination/report.js'
import { OmnigramError } from '../core/errors.js'
import { limits } from '../core/limits.js'
import { formatBytes } from '../core/units.js'
import { guardPath } from './result-file.js'

/** The bytes of a file that we wrote, or a key. Throws `too-large` above the limit, `io-failure`. */
export async function readBoundedFile(path: string): Promise<Buffer> {
  const { size } = await guardPath(path, () => stat(path))
  if (size > limits.reportBytes) {
    throw new OmnigramError(
      'too-large',
      `${path} has ${formatBytes(size)}, the limit is ${formatBytes(limits.reportBytes)}.`,
    )
  }
  return guardPath(path, () => readFile(path))
}

/** The text of `--sign` or `--public-key`; null without it. */
export async function readKeyFile(path: string | undefined): Promise<string | null> {
  return path === undefined ? null : String(await readBoundedFile(path))
}

export async function readReportFile(path: string): Promise<ContaminationReport> {
  return parseReport(await readBoundedFile(path).then(String), path)
}
