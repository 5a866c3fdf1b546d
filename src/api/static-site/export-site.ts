/** How does an index become a folder that any file host serves? Its files, the pages, and what is known of contamination. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { TransferMeter, type TransferProgress } from '../../cluster/store/transfer-meter.js'
import { OmnigramError } from '../../core/errors.js'
import { asIoFailure, isMissing } from '../../query/read-manifest.js'
import { formatReportList, reportListName } from '../contamination/report-list.js'
import { copyIndex, planIndexCopy } from './copy-index.js'
import { isSiteFile, type SiteFile, siteFileName } from './site-file.js'
import { type ReportSources, snapshotReports } from './snapshot-reports.js'
import { writeFrames } from './write-frames.js'

export interface ExportSiteOptions extends ReportSources {
  readonly indexPaths: readonly string[]
  /** The folder of the site: absent, empty, or an earlier export, which is replaced. */
  readonly outputDir: string
  readonly program: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
}

export interface ExportSiteReport {
  readonly outputDir: string
  readonly indexes: readonly { readonly name: string; readonly documents: number; readonly bytes: number }[]
  /** Contamination reports that lie beside. */
  readonly reports: number
  readonly indexBytes: number
  readonly tookMs: number
}

/**
 * Writes the site beside its folder and puts it there in one step: who reads the folder finds the old site or the new one.
 *
 * Throws `bad-argument` for a folder of something else, for indexes that pages do not read, and for two of one name;
 * `unknown-index`, `damaged-index`, `bad-report`, `io-failure`, `cancelled`.
 */
export async function exportSite(options: ExportSiteOptions): Promise<ExportSiteReport> {
  const startMs = performance.now()
  const outputDir = resolve(options.outputDir)
  await checkOutput(outputDir)
  const indexes = await Promise.all(options.indexPaths.map(planIndexCopy))
  const names = indexes.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined) throw new OmnigramError('bad-argument', `Two indexes are named '${twice}': rename one.`)
  const { list, texts } = await snapshotReports(options, (name) => names.includes(name))
  const indexBytes = indexes.reduce((sum, { bytes }) => sum + bytes, 0)
  const meter = new TransferMeter(indexBytes, options.onProgress)
  const made = `${outputDir}.tmp-${process.pid}`
  try {
    await mkdir(join(made, 'reports'), { recursive: true })
    await writeFrames(made, list)
    for (const index of indexes) await copyIndex(index, made, options.signal, (bytes) => meter.add(bytes))
    for (const [id, text] of texts) await writeFile(join(made, 'reports', `${id}.json`), text)
    await writeFile(join(made, 'reports', reportListName), formatReportList(list))
    const site: SiteFile = {
      format: 'omnigram-static-site',
      version: 1,
      program: options.program,
      indexes: indexes.map(({ name, path }) => ({ name, path })),
      reports: 'reports/',
    }
    await writeFile(join(made, siteFileName), `${JSON.stringify(site, null, 2)}\n`)
    options.signal?.throwIfAborted()
    await replaceFolder(made, outputDir)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    if (options.signal?.aborted) throw new OmnigramError('cancelled', 'The export was stopped; nothing was changed.')
    throw asIoFailure(error, outputDir)
  }
  return {
    outputDir,
    indexes: indexes.map(({ name, documents, bytes }) => ({ name, documents, bytes })),
    reports: list.length,
    indexBytes,
    tookMs: performance.now() - startMs,
  }
}

/** A folder with something else in it is never touched. */
async function checkOutput(outputDir: string): Promise<void> {
  let names: string[]
  try {
    names = await readdir(outputDir)
  } catch (error) {
    if (isMissing(error)) return
    throw asIoFailure(error, outputDir)
  }
  if (names.length === 0) return
  const text = await readFile(join(outputDir, siteFileName), 'utf8').catch(() => '')
  if (isSiteFile(text)) return
  throw new OmnigramError('bad-argument', `${outputDir} is not empty, and no earlier export: name another folder.`)
}

/** The old folder goes aside first: a folder is only renamed to where none is, or an empty one. */
async function replaceFolder(made: string, outputDir: string): Promise<void> {
  const old = `${outputDir}.old-${process.pid}`
  const isThere = await rename(outputDir, old).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false
      throw error
    },
  )
  try {
    await rename(made, outputDir)
  } catch (error) {
    if (isThere) await rename(old, outputDir)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}
