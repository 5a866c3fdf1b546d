/** Which bytes are there? As hexadecimal numbers beside what of them is plain text. */
import type { OpenPlace } from './query.ts'

const lineBytes = 16

/** Bytes that are shown on each side of the match. */
const reachBytes = 256

const encoder = new TextEncoder()

interface ByteViewProps {
  readonly text: string
  /** Byte offset of the text in the document. */
  readonly startOffset: number
  readonly place: OpenPlace
}

export function ByteView({ text, startOffset, place }: ByteViewProps) {
  const bytes = encoder.encode(text)
  const first = Math.max(startOffset, alignDown(place.startOffset - reachBytes))
  const last = Math.min(startOffset + bytes.length, place.endOffset + reachBytes)
  const lines: number[] = []
  for (let offset = alignDown(first); offset < last; offset += lineBytes) lines.push(offset)
  return (
    <div class="table-scroll">
      <table class="bytes">
        <caption class="hidden">Bytes of the document</caption>
        <thead class="hidden">
          <tr>
            <th scope="col">Offset</th>
            <th scope="col">Bytes</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((offset) => (
            <ByteLine
              key={offset}
              offset={offset}
              read={(at) => (at < first || at >= last ? null : bytes[at - startOffset])}
              isMatch={(at) => at >= place.startOffset && at < place.endOffset}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function alignDown(offset: number): number {
  return Math.max(0, offset - (offset % lineBytes))
}

interface ByteLineProps {
  readonly offset: number
  /** The byte at an offset of the document; null where none is shown. */
  readonly read: (offset: number) => number | null
  readonly isMatch: (offset: number) => boolean
}

function ByteLine({ offset, read, isMatch }: ByteLineProps) {
  const offsets = Array.from({ length: lineBytes }, (_, at) => offset + at)
  const show = (write: (byte: number) => string, blank: string) =>
    offsets.map((at) => {
      const byte = read(at)
      if (byte === null) return blank
      return isMatch(at) ? <mark key={at}>{write(byte)}</mark> : write(byte)
    })
  return (
    <tr>
      <th scope="row">{offset.toString(16).padStart(8, '0')}</th>
      <td class="hex">{show((byte) => `${byte.toString(16).padStart(2, '0')} `, '   ')}</td>
      <td>{show((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'), ' ')}</td>
    </tr>
  )
}
