/** What do the tests of static sites look at? `small` exported by the command line, in a folder of a plain file host. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStaticHost } from '../../src/browser/testkit/static-host.js'
import { runCli } from '../support/run-cli.js'
import { smallCorpusPath } from '../support/small-corpus.js'

export interface ExportedSite {
  readonly url: string
  /** Of the index that was exported. */
  readonly indexDir: string
  /** Of the site. */
  readonly siteDir: string
  readonly folder: string
  stop(): Promise<void>
}

/** Under a path, as many hosts have it. */
export async function startStaticSite(): Promise<ExportedSite> {
  const folder = await mkdtemp(join(tmpdir(), 'omnigram-static-'))
  const [indexDir, siteDir] = [join(folder, 'small'), join(folder, 'host/people/site')]
  await call(['build', smallCorpusPath, '-o', indexDir, '--quiet'])
  await call(['export-static', indexDir, '-o', siteDir, '--state', 'memory', '--quiet'])
  const host = await startStaticHost(join(folder, 'host'))
  return {
    url: `${host.address}/people/site`,
    indexDir,
    siteDir,
    folder,
    async stop() {
      await host.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function call(args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runCli([...args])
  if (exitCode !== 0) throw new Error(stderr)
}
