import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readSource, root } from './sources.js'

const folder = mkdtempSync(join(tmpdir(), 'omnigram-readme-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Command {
  readonly line: string
  readonly output: string
}

/** The commands of the README's console blocks and what they print, in order. */
function listCommands(): Command[] {
  const blocks = [...readSource('README.md').matchAll(/^```console\n([\s\S]*?)^```$/gm)]
  return blocks
    .flatMap(([, block]) => block.split(/^\$ /m).slice(1))
    .map((text) => ({ line: text.slice(0, text.indexOf('\n')), output: text.slice(text.indexOf('\n') + 1) }))
}

function run(line: string): string {
  const script = line.replace('./omnigram', `"${process.execPath}" "${join(root, 'dist/cli/main.js')}"`)
  return execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** How long it took and with how much memory differs from run to run. */
function withoutMeasures(output: string): string {
  return output.replace(/^(time|memory) .*$/gm, '$1')
}

it('the tour of the README prints what it says', () => {
  const commands = listCommands()
  expect(commands.length).toBeGreaterThan(5)
  for (const { line, output } of commands)
    expect(`${line}\n${withoutMeasures(run(line))}`).toBe(`${line}\n${withoutMeasures(output)}`)
})
