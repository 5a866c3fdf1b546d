/** How long does a scan take? `rg -c -F` over the corpus file: the floor that any index has to be worth. */
import { execFileSync } from 'node:child_process'
import { median, run } from './process.mjs'

/** Median wall milliseconds of `rg -c -F PATTERN FILE`, warm, or null when ripgrep is not there. */
export async function measureRipgrep(jsonlPath, patterns) {
  try {
    execFileSync('rg', ['--version'], { stdio: 'ignore' })
  } catch {
    process.stderr.write('The ripgrep peer is left out: install it with `apt-get install ripgrep`.\n')
    return null
  }
  const times = []
  for (const pattern of patterns) {
    const { wallMs } = await run('rg', ['-c', '-F', '--', pattern, jsonlPath], { allowedCodes: [0, 1] })
    times.push(wallMs)
  }
  return { queries: times.length, medianMs: median(times) }
}
