/** What is in the registry? Counts by length, role, repetitions and perplexity, and the traps themselves. */
import { type Column, DataTable } from '../components/data-table.tsx'
import { formatCount } from '../components/format.ts'
import { VisibleText } from '../components/visible-text.tsx'
import { Distribution } from './distribution.tsx'
import type { Registry, RegistryTrap } from './read-registry.ts'

/** Traps that are listed; the file has all. */
const maxListed = 200

interface LengthRow {
  readonly length: number
  readonly traps: number
  readonly controls: number
  readonly variants: number
  readonly copies: number
}

const columns: readonly Column<LengthRow>[] = [
  { key: 'length', label: 'Tokens', show: ({ length }) => formatCount(length), sortValue: ({ length }) => length },
  ...(['traps', 'controls', 'variants', 'copies'] as const).map((key) => ({
    key,
    label: { traps: 'Traps', controls: 'Controls', variants: 'Variants', copies: 'Planned copies' }[key],
    isNumber: true,
    show: (row: LengthRow) => formatCount(row[key]),
    sortValue: (row: LengthRow) => row[key],
  })),
]

const isMain = ({ role, replaced }: RegistryTrap) => role === 'trap' && replaced === null

export function RegistryView({ registry: { name, traps } }: { registry: Registry }) {
  const count = (wanted: (trap: RegistryTrap) => boolean) => traps.filter(wanted).length
  const rows = listValues(traps, ({ length }) => length).map((length): LengthRow => {
    const own = traps.filter((trap) => trap.length === length)
    return {
      length,
      traps: own.filter(isMain).length,
      controls: own.filter(({ role }) => role === 'control').length,
      variants: own.filter(({ replaced }) => replaced !== null).length,
      copies: own.reduce((sum, { repetitions }) => sum + repetitions, 0),
    }
  })
  return (
    <section class="registry" aria-label="Registry">
      <h2>
        <VisibleText text={name} />
      </h2>
      <p role="status">
        <strong>{formatCount(count(isMain))}</strong> traps, {formatCount(count(({ role }) => role === 'control'))}{' '}
        controls and {formatCount(count(({ replaced }) => replaced !== null))} variants.
        {count(({ role }) => role === 'control') === 0 && ' Without controls nothing can be said about a model.'}
      </p>
      <div class="registry-numbers">
        <DataTable caption="Traps by length" columns={columns} rows={rows} rowKey={({ length }) => String(length)} />
        <Distribution
          title="Traps by repetitions"
          entries={listCounts(traps.filter(isMain), ({ repetitions }) => repetitions, formatCount)}
        />
        <Distribution
          title="Traps by perplexity"
          entries={listCounts(
            traps.filter(isMain),
            ({ bucket }) => bucket,
            (bucket) => `${10 * bucket + 1}–${10 * bucket + 11}`,
          )}
        />
      </div>
      <details>
        <summary>Show the texts</summary>
        <p class="hint">They are private: whoever reads them here could plant them elsewhere.</p>
        <ul class="trap-texts">
          {traps.slice(0, maxListed).map(({ id, text }) => (
            <li key={id}>
              <code>{id}</code>
              <p>
                <VisibleText text={text} />
              </p>
            </li>
          ))}
        </ul>
        {traps.length > maxListed && <p class="hint">{formatCount(traps.length - maxListed)} more are in the file.</p>}
      </details>
    </section>
  )
}

function listValues(traps: readonly RegistryTrap[], read: (trap: RegistryTrap) => number): number[] {
  return [...new Set(traps.map(read))].sort((a, b) => a - b)
}

function listCounts(
  traps: readonly RegistryTrap[],
  read: (trap: RegistryTrap) => number,
  name: (value: number) => string,
): (readonly [string, number])[] {
  return listValues(traps, read).map((value) => [name(value), traps.filter((trap) => read(trap) === value).length])
}
