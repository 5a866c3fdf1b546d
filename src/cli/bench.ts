/** `omnigram bench`: how fast is this machine, beside the peers? Runs the benchmark of a checkout. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { OmnigramError } from '../core/errors.js'
import { listArg, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const script = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url))
  if (!existsSync(script)) {
    throw new OmnigramError(
      'bad-argument',
      'The benchmark is part of a checkout of the source, not of the installed package.',
    )
  }
  const child = spawn(process.execPath, [script, ...listArg(call, 0)], { stdio: 'inherit', signal: call.signal })
  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(
        call.signal.aborted ? new OmnigramError('cancelled', 'The benchmark was stopped.', { cause: error }) : error,
      ),
    )
    child.on('close', (code) => resolve(code ?? 70))
  })
}
