/** What does the command line answer, in a process of its own? */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

export const cliPath = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
/** Why the command line cannot be run; null where it can. */
export const cliLack = existsSync(cliPath) ? null : 'the command line is not compiled: npm run build'

export interface CliResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** Lines of standard output as JSON. */
  readonly rows: () => Record<string, unknown>[]
}

export interface CliOptions {
  readonly input?: string | Uint8Array
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export function startCli(args: readonly string[], { cwd, env }: CliOptions = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [cliPath, ...args], { cwd, env: { ...process.env, ...env } })
}

/** Runs it to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options)
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  const rows = () =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { exitCode, stdout, stderr, rows }
}

/** Runs a verb that has to do well and to say nothing beside its rows, which are answered. */
export async function runCliWell(args: readonly string[], options?: CliOptions): Promise<Record<string, unknown>[]> {
  const { exitCode, stderr, rows } = await runCli([...args, '--json', '--quiet'], options)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return rows()
}
