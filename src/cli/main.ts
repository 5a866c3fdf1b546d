#!/usr/bin/env node
/** The command line: parses, calls one verb, turns what goes wrong into a message and an exit code. */
import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { type OmnigramError, toOmnigramError } from '../core/errors.js'
import { makeProgram } from './program.js'
import { listenForStop } from './stop.js'
import { Terminal } from './terminal.js'

/** Exit code of wrong usage. */
const usageExitCode = 2

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
    : `omnigram: ${kind.title} ${detail}\n  ${kind.hint}`
  process.stderr.write(`${text}\n`)
  if (code === 'internal' && error.cause instanceof Error && process.env.OMNIGRAM_DEBUG) {
    process.stderr.write(`${error.cause.stack ?? ''}\n`)
  }
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
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode
    reportError(toOmnigramError(error), asJson)
    return toOmnigramError(error).kind.exitCode
  } finally {
    stop.close()
  }
}

// A reader that goes away (`omnigram search … | head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const argv = process.argv.slice(2)
process.exitCode = await runCommandLine(argv.length === 0 ? ['help'] : argv)
