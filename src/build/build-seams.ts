/** What does a build need from outside that a test may want to make fail? */
import * as native from '#native'
import { type FileSystem, localFileSystem } from './file-system.js'

/** The part of the native core that builds, merges and hides. */
export type NativeBuilder = Pick<
  typeof native,
  | 'SpoolWriter'
  | 'TokenSpoolWriter'
  | 'buildShard'
  | 'openShard'
  | 'estimateBuildBytes'
  | 'estimateTokenBuildBytes'
  | 'mergeShards'
  | 'estimateMergeBytes'
  | 'hideDocuments'
  | 'readHiddenDocuments'
  | 'readProgress'
  | 'takeTicket'
  | 'cancelTicket'
  | 'releaseTicket'
>

export interface BuildSeams {
  readonly files: FileSystem
  readonly native: NativeBuilder
}

export const localSeams: BuildSeams = { files: localFileSystem, native }
