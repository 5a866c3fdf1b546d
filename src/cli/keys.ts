/** `omnigram keys`: who may ask a server? Makes a key, shows it once, and keeps its hash in a file. */
import { readScopes } from '../api/guards/api-keys.js'
import { addApiKey, revokeApiKey } from '../api/guards/key-file.js'
import { isSet, listFlag, numberFlag, textArg, type VerbCall } from './verb.js'

const dayMs = 24 * 60 * 60 * 1_000

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const [path, id] = [textArg(call, 0), textArg(call, 1)]
  if (isSet(flags, 'revoke')) {
    await revokeApiKey(path, id)
    terminal.note(`The key ${id} is revoked; servers that run already take it until they start again.`)
    return 0
  }
  const days = numberFlag(flags, 'days')
  const key = await addApiKey(path, {
    id,
    scopes: readScopes(listFlag(flags, 'scopes')),
    indexes: [...listFlag(flags, 'indexes')],
    expires: days === undefined ? null : new Date(Date.now() + days * dayMs).toISOString(),
  })
  if (terminal.options.isJson) await terminal.writeJson({ id, key })
  else await terminal.writeLine(key)
  return 0
}
