/** When does the user want us to stop? The first Ctrl-C or SIGTERM asks, the second one insists. */
import { OmnigramError } from '../core/errors.js'

export interface StopListener {
  readonly signal: AbortSignal
  close(): void
}

export function listenForStop(): StopListener {
  const controller = new AbortController()
  const handle = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143)
    process.stderr.write(
      `\nomnigram: stopping cleanly; ${signal === 'SIGINT' ? 'Ctrl-C again' : 'another signal'} stops at once.\n`,
    )
    controller.abort(new OmnigramError('cancelled', `Stopped by ${signal}.`))
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
  return {
    signal: controller.signal,
    close() {
      process.off('SIGINT', handle)
      process.off('SIGTERM', handle)
    },
  }
}
