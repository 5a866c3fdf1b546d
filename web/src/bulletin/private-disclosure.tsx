/** What would leave the page, exactly, before anything does? */
import { Button } from '../components/button.tsx'
import { formatBytes, formatCount } from '../components/format.ts'
import { saveFile } from '../components/save-file.ts'
import { VisibleText } from '../components/visible-text.tsx'
import type { Lookup, PrivateWay } from '../local/private-checks.ts'

interface DisclosureProps {
  readonly way: PrivateWay
  readonly lookup: Lookup
  readonly indexBytes: number
  readonly indexCount: number
  /** Of the requests of a lookup. */
  readonly path: string
}

const sampleUnits = 600

export function PrivateDisclosure({ way, lookup, indexBytes, indexCount, path }: DisclosureProps) {
  return (
    <section class="private-disclosure" aria-label="What leaves this page">
      <h3>What leaves this page</h3>
      {way === 'file' && <p>Nothing. The index is a file of yours, and is read here.</p>}
      {way === 'whole' && (
        <p>
          Nothing of the benchmark. {formatCount(indexCount)} {indexCount === 1 ? 'index is' : 'indexes are'} fetched
          whole, {formatBytes(indexBytes)}, the same for whoever asks; then all is looked up here.
        </p>
      )}
      {way === 'ranges' && (
        <p>
          Byte ranges of the index files, such as <code>Range: bytes=32768–65535</code>, at most{' '}
          {formatBytes(indexBytes)}, and no text. How many depends on the benchmark, so it is said afterwards, and so
          the ranges tell a little: who has the index and the log of the host can test guesses of what was looked for,
          and sometimes read the first characters of a window out of them. No evidence is gathered.
        </p>
      )}
      {way === 'counts' && <Requests lookup={lookup} path={path} />}
    </section>
  )
}

function Requests({ lookup: { windows, bodies }, path }: { lookup: Lookup; path: string }) {
  const bytes = new Blob([...bodies]).size
  const [first = ''] = bodies
  return (
    <>
      <p>
        <strong>
          {formatCount(bodies.length)} {bodies.length === 1 ? 'request' : 'requests'}, {formatBytes(bytes)}
        </strong>{' '}
        to <code>{path}</code> on this server: the {formatCount(windows)} distinct windows of 50 characters, in a random
        order, and the headers of any request of your browser. Not the file, its name, its answers, or where an item
        ends. The server answers with counts, and writes no text into its log unless its operator wants that. But
        windows overlap: who records the requests can put the questions together again. Hashes would not help, as an
        exact index can look up nothing but text.
      </p>
      <details open>
        <summary>The first request</summary>
        <pre>
          POST {path}
          {'\n'}
          <VisibleText text={first.length > sampleUnits ? `${first.slice(0, sampleUnits)}…` : first} />
        </pre>
      </details>
      <Button kind="plain" onClick={() => saveFile(new Blob([bodies.join('\n')]), 'what-would-be-sent.jsonl')}>
        Save all that would be sent
      </Button>
    </>
  )
}
