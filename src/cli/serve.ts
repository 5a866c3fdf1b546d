/** `omnigram serve`: indexes over HTTP, until told to stop. */
import { once } from 'node:events'
import { readScopes } from '../api/guards/api-keys.js'
import { startServer } from '../api/server.js'
import { OmnigramError } from '../core/errors.js'
import type { Residency } from '../core/residency.js'
import { type Flags, isSet, listArg, listFlag, numberFlag, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal, signal } = call
  const server = await startServer({
    indexDirs: listArg(call, 0),
    brokerUrl: readBroker(flags),
    signal,
    host: textFlag(flags, 'host') ?? '127.0.0.1',
    port: numberFlag(flags, 'port') ?? 8080,
    workers: numberFlag(flags, 'workers'),
    cacheDir: textFlag(flags, 'cache'),
    residency: textFlag(flags, 'residency') as Residency,
    keysPath: textFlag(flags, 'keys'),
    publicScopes: readScopes(listFlag(flags, 'publicScopes')),
    reportPaths: listFlag(flags, 'reports'),
    modelPath: textFlag(flags, 'model'),
    stateDir: readStateDir(textFlag(flags, 'state')),
    checkRetentionMs: numberFlag(flags, 'keepChecks'),
    corsOrigins: listFlag(flags, 'cors'),
    maxDeadlineMs: numberFlag(flags, 'deadline'),
    rateLimitPerMinute: numberFlag(flags, 'rateLimit'),
    logQueries: textFlag(flags, 'logQueries') as 'none' | 'hash' | 'text',
    metricsPort: numberFlag(flags, 'metricsPort'),
    isQuiet: terminal.options.isQuiet,
  })
  if (terminal.options.isJson) await terminal.writeJson({ url: server.url })
  else await terminal.writeLine(`omnigram serves ${server.names.join(', ')} at ${server.url}`)
  if (!signal.aborted) await once(signal, 'abort')
  await server.stop()
  return 0
}

/** With `--cluster`, where the broker is that shard servers are found by. */
function readBroker(flags: Flags): string | undefined {
  const nats = textFlag(flags, 'nats')
  if (isSet(flags, 'cluster') === (nats !== undefined)) return nats
  throw new OmnigramError('bad-argument', 'A router takes both: --cluster and --nats URL.')
}

function readStateDir(stateDir: string | undefined): string | undefined {
  return stateDir === 'memory' ? undefined : stateDir
}
