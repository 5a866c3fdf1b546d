/** What may a program that uses omnigram as a library rely on? Everything exported here, and `startServer` of `omnigram/server`. */
export { buildIndex } from './build/build-index.js'
export type { BuildOptions, BuildProgress, BuildReport } from './build/build-options.js'
export { collectGarbage, type GarbageReport } from './build/collect-garbage.js'
export { type IndexReport, inspectIndex } from './build/inspect-index.js'
export { type VerifyReport, verifyIndex } from './build/verify-index.js'
export type { Benchmark, BenchmarkInfo, BenchmarkItem } from './contamination/benchmark.js'
export {
  type ContaminationOptions,
  type ContaminationProgress,
  defaultOptions as defaultContaminationOptions,
} from './contamination/contamination-options.js'
export { formatBundle, parseBundle } from './contamination/evidence-bundle.js'
export { makeEvidence } from './contamination/make-evidence.js'
export { readBenchmarks } from './contamination/read-benchmark.js'
export { renderReport } from './contamination/render-report.js'
export { type ContaminationReport, formatReport, parseReport } from './contamination/report.js'
export { runContamination } from './contamination/run-contamination.js'
export { verifyEvidence } from './contamination/verify-evidence.js'
export type { ReadProblem, ReadProblemKind } from './core/document.js'
export { type ErrorCode, isErrorCode, OmnigramError } from './core/errors.js'
export type { Manifest } from './core/manifest.js'
export type { Matching, Pattern } from './core/pattern.js'
export { combineReaders } from './query/combine-readers.js'
export type * from './query/index-reader.js'
export { type OpenIndexOptions, openIndex } from './query/open-index.js'
