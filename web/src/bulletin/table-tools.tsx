/** How does a reader choose what the table shows? */
import { announce, copyText } from '../components/announce.ts'
import { Button } from '../components/button.tsx'
import { Chip } from '../components/chip.tsx'
import { toProblem } from '../server/problem.ts'
import { downloadAs, tablePath } from './ask.ts'
import type { Matrix } from './matrix.ts'
import { lowestThreshold, type Place, usualThreshold } from './place.ts'
import type { ChangePlace } from './use-place.ts'
import { viewHints, viewLabels } from './views.ts'

interface TableToolsProps {
  readonly matrix: Matrix
  readonly place: Place
  readonly change: ChangePlace
}

export function TableTools({ matrix, place, change }: TableToolsProps) {
  const { table, filter, threshold, isGrouped } = place
  return (
    <div class="table-tools">
      <fieldset class="chips">
        <legend class="hidden">Which table</legend>
        <Chip isOn={table === 'core'} toggle={() => change({ table: 'core' })}>
          Core
        </Chip>
        <Chip isOn={table === 'community'} toggle={() => change({ table: 'community' })}>
          Community
        </Chip>
      </fieldset>
      <label class="filter">
        <span class="hidden">Only benchmarks with this in their name or category</span>
        <input
          type="search"
          placeholder="Filter benchmarks"
          value={filter}
          onInput={(event) => change({ filter: event.currentTarget.value })}
        />
      </label>
      <label class="threshold">
        <span>
          Dirty from <output>{threshold} %</output>
        </span>
        <input
          type="range"
          min={lowestThreshold}
          max={100}
          value={threshold}
          list="usual-threshold"
          aria-valuetext={`${threshold} percent of the windows`}
          onInput={(event) => change({ threshold: event.currentTarget.valueAsNumber })}
        />
        <datalist id="usual-threshold">
          <option value={usualThreshold} />
        </datalist>
      </label>
      {matrix.views.length > 1 && <ViewChoice matrix={matrix} place={place} change={change} />}
      <Chip isOn={isGrouped} toggle={() => change({ isGrouped: !isGrouped })}>
        Group by category
      </Chip>
      <Downloads place={place} />
    </div>
  )
}

function ViewChoice({ matrix: { views }, place, change }: TableToolsProps) {
  return (
    <label class="view-choice">
      <span class="hidden">How a copy may differ</span>
      <select
        value={place.view ?? views[0]}
        onChange={(event) => {
          const { value } = event.currentTarget
          change({ view: value === views[0] ? null : value })
        }}
      >
        {views.map((view) => (
          <option key={view} value={view} title={viewHints[view]}>
            {viewLabels[view] ?? view}
          </option>
        ))}
      </select>
    </label>
  )
}

function Downloads({ place: { table } }: { place: Place }) {
  const download = (mediaType: string, ending: string) => {
    downloadAs(tablePath(table), mediaType, `contamination-${table}.${ending}`).catch((error: unknown) =>
      announce(toProblem(error).title, true),
    )
  }
  return (
    <p class="downloads">
      <Button kind="plain" onClick={() => copyText(location.href, 'Link')}>
        Link
      </Button>
      <Button kind="plain" onClick={() => download('application/json', 'json')}>
        JSON
      </Button>
      <Button kind="plain" onClick={() => download('text/csv', 'csv')}>
        CSV
      </Button>
    </p>
  )
}
