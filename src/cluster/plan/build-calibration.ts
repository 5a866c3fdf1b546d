/** What was measured of builds on a machine, to be kept in a file for plans of larger ones? */

import type { MeasuredBuild, MeasuredShard } from '../../build/measure-build.js'
import { OmnigramError } from '../../core/errors.js'
import { type JsonFields, readFields } from '../../core/json-fields.js'

export interface BuildCalibration {
  readonly measured: MeasuredBuild
  /** From the start of the program to its first work, and from the last to its end. */
  readonly programMs: number
  /** Time of one shard alone, and of each of `sideBySide` that are built at the same time. */
  readonly aloneMs: number
  readonly crowdedMs: number
  readonly sideBySide: number
}

/** Where nothing was measured but a build. */
export function assumeCalibration(measured: MeasuredBuild): BuildCalibration {
  return { measured, programMs: 0, aloneMs: 1, crowdedMs: 1, sideBySide: 1 }
}

/** How much longer a shard takes when `atOnce` are built: in proportion to the others that are under way. */
export function crowdFactor({ aloneMs, crowdedMs, sideBySide }: BuildCalibration, atOnce: number): number {
  if (sideBySide < 2 || atOnce < 2) return 1
  const dearer = Math.max(0, crowdedMs / Math.max(1, aloneMs) - 1)
  return 1 + (dearer * (Math.min(atOnce, sideBySide) - 1)) / (sideBySide - 1)
}

export function formatCalibration({ measured, ...rest }: BuildCalibration): string {
  const shard = ({ sizeBytes, documents, spoolBytes, buildMs, indexBytes }: MeasuredShard) => ({
    sizeBytes,
    documents,
    spoolBytes,
    buildMs: Math.round(buildMs),
    indexBytes,
  })
  const { inputBytes, readBytes, sizeBytes, readMs, skipMs, shards } = measured
  const value = {
    format: 'omnigram-build-calibration',
    version: 2,
    ...Object.fromEntries(Object.entries(rest).map(([name, number]) => [name, Math.round(number)])),
    measured: {
      inputBytes,
      readBytes,
      sizeBytes,
      readMs: Math.round(readMs),
      skipMs: Math.round(skipMs),
      shards: shards.map(shard),
    },
  }
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Throws `bad-plan` that names the file and the field. */
export function parseCalibration(text: string, path: string): BuildCalibration {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new OmnigramError('bad-plan', `${path} is not JSON.`, { cause: error })
  }
  const { measured, ...rest } = readFields(value, path, 'bad-plan', (fields: JsonFields) => ({
    format: fields.choice('format', ['omnigram-build-calibration'] as const),
    version: fields.choice('version', [2] as const),
    programMs: fields.count('programMs'),
    aloneMs: fields.count('aloneMs'),
    crowdedMs: fields.count('crowdedMs'),
    sideBySide: fields.count('sideBySide'),
    measured: fields.object('measured', readMeasured),
  }))
  const [small, whole, ...others] = measured.shards
  const areMeasured = [small, whole, measured].every((part) => part !== undefined && part.sizeBytes > 0)
  if (!small || !whole || others.length > 0 || !areMeasured || measured.readBytes === 0) {
    throw new OmnigramError('bad-plan', `${path} holds no measured build.`)
  }
  const { programMs, aloneMs, crowdedMs, sideBySide } = rest
  return { programMs, aloneMs, crowdedMs, sideBySide, measured: { ...measured, shards: [small, whole] } }
}

function readMeasured(fields: JsonFields) {
  return {
    inputBytes: fields.count('inputBytes'),
    readBytes: fields.count('readBytes'),
    sizeBytes: fields.count('sizeBytes'),
    readMs: fields.count('readMs'),
    skipMs: fields.count('skipMs'),
    shards: fields.objects('shards', (shard) => ({
      sizeBytes: shard.count('sizeBytes'),
      documents: shard.count('documents'),
      spoolBytes: shard.count('spoolBytes'),
      buildMs: shard.count('buildMs'),
      indexBytes: shard.count('indexBytes'),
    })),
  }
}
