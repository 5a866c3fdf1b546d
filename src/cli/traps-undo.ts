/** `omnigram traps undo`: what were the documents before the traps? */
import { dirname } from 'node:path'
import { OmnigramError } from '../core/errors.js'
import { undoInjection } from '../traps/injection/inject-traps.js'
import { parseInjectionLog } from '../traps/injection/injection-log.js'
import { readBoundedFile } from './contamination-files.js'
import { textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const [path, folder] = [textArg(call, 0), textFlag(flags, 'output')]
  if (folder === undefined) throw new OmnigramError('bad-argument', 'Name the folder for the originals: -o DIR.')
  const log = parseInjectionLog(String(await readBoundedFile(path)), path)
  await undoInjection(log, dirname(path), folder, signal)
  const files = log.files.map(({ name, originalSha256 }) => ({ name, sha256: originalSha256 }))
  if (terminal.options.isJson) await terminal.writeJson({ folder, files, documents: log.documents.length })
  else for (const { name, sha256 } of files) await terminal.writeLine(`${sha256}  ${name}`)
  return 0
}
