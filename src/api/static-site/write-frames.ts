/** How do the built pages become pages of a static site? Each frame says that it is one, and holds what is read without script. */
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OmnigramError } from '../../core/errors.js'
import { renderTable } from '../bulletin-page.js'
import { chooseCells, type TableReport } from '../contamination/contamination-table.js'
import { strictPolicy } from '../http/security-headers.js'
import { fillFrame, webDir } from '../web-pages.js'
import { siteFileName } from './site-file.js'

/** Throws `io-failure` where the pages, or their browser module, were not built. */
export async function writeFrames(siteDir: string, reports: readonly TableReport[]): Promise<void> {
  const assets = await readdir(join(webDir, 'assets')).catch(() => [])
  if (!assets.some((name) => name.endsWith('.wasm'))) {
    throw new OmnigramError('io-failure', `${webDir} holds no pages with the browser module: npm run build makes them.`)
  }
  for (const name of ['assets', 'icon.svg', 'theme.js'])
    await cp(join(webDir, name), join(siteDir, name), { recursive: true })
  await writeFrame(siteDir, 'index.html', '<noscript><p>This page searches by script.</p></noscript>')
  await writeFrame(siteDir, 'bulletin.html', renderReports(reports))
}

async function writeFrame(siteDir: string, name: string, content: string): Promise<void> {
  const frame = await readFile(join(webDir, name), 'utf8')
  await writeFile(join(siteDir, name), fillFrame(markFrame(frame), content))
}

/** The policy stands in the page, since a file host sends none; what only a header can say is left out. */
function markFrame(frame: string): string {
  const policy = Object.entries(strictPolicy)
    .filter(([name]) => name !== 'frame-ancestors')
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ')
  const marks = [
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer">',
    `<meta name="omnigram-static" content="${siteFileName}">`,
  ]
  const charset = '<meta charset="utf-8">'
  if (!frame.includes(charset))
    throw new OmnigramError('io-failure', `${webDir} holds pages of another version: npm run build.`)
  return frame.replace(charset, () => [charset, ...marks].join('\n    '))
}

function renderReports(reports: readonly TableReport[]): string {
  const core = reports.filter(({ table }) => table === 'core')
  return [
    '<div class="site"><main class="bulletin">',
    '<h1>Benchmark contamination</h1>',
    '<p>Which test sets stand in which corpora? A number is the share of a benchmark’s items of which at least 80 % of the',
    ' windows are in the corpus, word for word.</p>',
    renderTable(
      core,
      chooseCells(core, () => true),
    ),
    '</main></div>',
  ].join('')
}
