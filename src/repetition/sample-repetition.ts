/** How much of an index is repeated, as far as a sample tells? */

import { wilsonInterval } from '../core/wilson-interval.js'
import { checkInteger } from '../query/check-arguments.js'
import type { IndexReader } from '../query/index-reader.js'
import type { RepetitionScan, SampledGrams } from '../query/repetition-scan.js'
import { bucketOf, describeBuckets, newBuckets } from './count-buckets.js'
import { describeReader } from './describe-reader.js'
import type { RepetitionOptions } from './repetition-options.js'
import type { RepetitionReport, SampleBounds } from './repetition-report.js'

/**
 * A place drawn at random starts a gram that occurs c times with the share of all places that such grams have, so shares are
 * means of the sample. There are 1/c distinct grams a place: their mean is estimated too (Horvitz and Thompson 1952). O(sample).
 */
export async function estimateRepetition(
  reader: IndexReader,
  scan: RepetitionScan,
  options: RepetitionOptions,
): Promise<RepetitionReport> {
  const { sampleGrams = 100_000, seed = 0, threads, signal, onProgress } = options
  checkInteger('sample', sampleGrams, 1, 100_000_000)
  const grams = scan.countGrams()
  const onShare = (share: number) => onProgress?.({ phase: 'sample', share })
  const sample = await scan.sample(sampleGrams, seed, { threads, signal, onShare })
  const sampled = sample.counts.length
  const [distinct, occurrences] = [newBuckets(), newBuckets()]
  let [repeated, distinctSum, largestCount] = [0, 0, 0]
  for (const count of sample.counts) {
    const bucket = bucketOf(count)
    occurrences[bucket]++
    distinct[bucket] += 1 / count
    distinctSum += 1 / count
    if (count > 1) repeated++
    largestCount = Math.max(largestCount, count)
  }
  const scale = sampled === 0 ? 0 : grams / sampled
  const isWhole = sampled >= grams
  const estimate = (value: number) => (isWhole ? value : Math.round(value * scale))
  return {
    ...describeReader(reader, options),
    grams,
    distinctGrams: Math.round(distinctSum * scale),
    largestCount,
    histogram: describeBuckets(
      distinct.map((value) => Math.round(value * scale)),
      occurrences.map(estimate),
    ),
    duplicateShare: sampled === 0 ? 0 : repeated / sampled,
    excessShare: sampled === 0 ? 0 : 1 - distinctSum / sampled,
    isExact: false,
    exact: null,
    sample: {
      sampled,
      seed,
      duplicateShare: wilsonInterval(repeated, sampled, grams) ?? [0, grams === 0 ? 0 : 1],
      // A number between 0 and 1 varies at most as one that is either: the interval is on the safe side.
      excessShare: wilsonInterval(sampled - distinctSum, sampled, grams) ?? [0, grams === 0 ? 0 : 1],
      sources: describeSources(scan, sample),
    },
  }
}

function describeSources(scan: RepetitionScan, { counts, sources }: SampledGrams): SampleBounds['sources'] {
  const totals = scan.sources.map(() => ({ sampled: 0, repeated: 0 }))
  counts.forEach((count, at) => {
    totals[sources[at]].sampled++
    if (count > 1) totals[sources[at]].repeated++
  })
  return totals.map(({ sampled, repeated }, at) => ({
    source: scan.sources[at],
    sampled,
    duplicateShare: sampled === 0 ? null : repeated / sampled,
    interval: wilsonInterval(repeated, sampled, Number.MAX_SAFE_INTEGER),
  }))
}
