#!/usr/bin/env node
/** The command line: parses, calls one verb, turns what goes wrong into a message and an exit code. */
import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { OmnigramError, toOmnigramError } from '../core/errors.js'
import { checkArgumentBytes } from './argument-bytes.js'
import { makeProgram } from './program.js'
import { listenForStop } from './stop.js'
import { makeLinesVisible, Terminal } from './terminal.js'
import { verbGroups, verbs } from './verbs.js'

function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}

/** Says what went wrong, where, and what to do. */
function reportError(error: OmnigramError, asJson: boolean): void {
  const { code, detail, kind } = error
  const text = asJson
    ? JSON.stringify({ error: { code, title: kind.title, detail, hint: kind.hint, retryable: kind.retryable } })
    : `omnigram: ${kind.title} ${makeLinesVisible(detail)}\n  ${kind.hint}`
  process.stderr.write(`${text}\n`)
  if (code === 'internal' && error.cause instanceof Error && process.env.OMNIGRAM_DEBUG) {
    process.stderr.write(`${error.cause.stack ?? ''}\n`)
  }
}

/** What the parser could not take is a bad argument like others; null where help or the version was asked for. */
function readUsageError(error: unknown): OmnigramError | null {
  if (!(error instanceof CommanderError)) return toOmnigramError(error)
  if (error.exitCode === 0) return null
  // A group of verbs without a verb: its help was printed.
  const said = error.code === 'commander.help' ? 'Say which of these verbs.' : error.message.replace(/^error: /, '')
  return new OmnigramError('bad-argument', said)
}

/** Runs the command line `argv` (without node and script) and answers the exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const asJson = argv.includes('--json-errors')
  let exitCode = 0
  const stop = listenForStop()
  const program = makeProgram(readVersion(), async (verb, args, flags) => {
    const terminal = new Terminal(process.stdout, process.stderr, {
      isJson: flags.json === true,
      isQuiet: flags.quiet === true,
      isRaw: flags.raw === true,
      forceProgress: flags.progress === true,
    })
    const { run } = await verb.load()
    try {
      exitCode = await run({ args, flags, terminal, signal: stop.signal })
    } finally {
      terminal.clearProgress()
    }
  })
  try {
    checkArgumentBytes(argv)
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    const said = readUsageError(error)
    if (said === null) return 0
    reportError(said, asJson)
    return said.kind.exitCode
  } finally {
    stop.close()
  }
}

/** `help VERB` is `VERB --help`, so that an unknown verb is told with a suggestion. */
function readArguments([first = 'help', ...rest]: readonly string[]): string[] {
  if (first !== 'help' || rest.length === 0 || rest.length > 2) return [first, ...rest]
  const asked = rest.join(' ')
  return asked in verbGroups || verbs.some(({ name }) => name === asked) ? [...rest, '--help'] : rest
}

// A reader that goes away (`omnigram search … | head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  const failure = new OmnigramError('io-failure', `Standard output: ${error.message}.`, { cause: error })
  reportError(failure, process.argv.includes('--json-errors'))
  process.exit(failure.kind.exitCode)
})
// Remarks that nobody reads are lost; the results are not.
process.stderr.on('error', () => undefined)

process.exitCode = await runCommandLine(readArguments(process.argv.slice(2)))
