/** How is a build stopped before any one of its operations? */
import type { SpoolBatch, SpoolSummary } from '#native'
import { type BuildSeams, localSeams, type NativeBuilder } from '../build-seams.js'
import type { FileSystem } from '../file-system.js'

/** Hears of each operation before it is done, with its number from 1; may throw in its place. */
export type OnOperation = (number: number, name: string) => void

/** The seams of a real build, with every operation that changes something, or opens a shard, announced. */
export function countOperations(onOperation: OnOperation, seams: BuildSeams = localSeams): BuildSeams {
  let count = 0
  const announce = (name: string) => onOperation(++count, name)
  return { files: countFileOperations(seams.files, announce), native: countNativeOperations(seams.native, announce) }
}

function countFileOperations(files: FileSystem, announce: (name: string) => void): FileSystem {
  const announced =
    <Arguments extends unknown[], Result>(name: string, operate: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      announce(`${name} ${args.join(' ').slice(0, 200)}`)
      return operate(...args)
    }
  return {
    ...files,
    makeFolder: announced('makeFolder', files.makeFolder),
    writeFile: announced('writeFile', files.writeFile),
    rename: announced('rename', files.rename),
    syncFolder: announced('syncFolder', files.syncFolder),
    remove: announced('remove', files.remove),
  }
}

function countNativeOperations(native: NativeBuilder, announce: (name: string) => void): NativeBuilder {
  class AnnouncedSpoolWriter extends native.SpoolWriter {
    override append(batch: SpoolBatch): void {
      announce('append')
      super.append(batch)
    }

    override seal(): SpoolSummary {
      announce('seal')
      return super.seal()
    }
  }
  return {
    ...native,
    SpoolWriter: AnnouncedSpoolWriter,
    async buildShard(...args) {
      announce('buildShard')
      return native.buildShard(...args)
    },
    async mergeShards(...args) {
      announce('mergeShards')
      return native.mergeShards(...args)
    },
    async hideDocuments(...args) {
      announce('hideDocuments')
      return native.hideDocuments(...args)
    },
    openShard(...args) {
      announce('openShard')
      return native.openShard(...args)
    },
  }
}
