/** Does a model behave as if it had seen the traps? Never a number without its counts and its interval. */
import { useState } from 'preact/hooks'
import { Chip } from '../components/chip.tsx'
import { type Column, DataTable } from '../components/data-table.tsx'
import { formatCount } from '../components/format.ts'
import type { Detection, DetectionGroup } from './answers.ts'
import { AucPlot } from './auc-plot.tsx'
import { RocPlot } from './roc-plot.tsx'
import { describeGroup, nameGroup, nameScore } from './separation.ts'

const columns: readonly Column<DetectionGroup>[] = [
  { key: 'group', label: 'Group', show: nameGroup },
  numberColumn('members', 'Traps', formatCount),
  numberColumn('nonMembers', 'Controls', formatCount),
  numberColumn('auc', 'AUC', (auc) => auc.toFixed(3)),
  {
    key: 'interval',
    label: '95 % interval',
    isNumber: true,
    show: ({ aucInterval: [low, high] }) => `${low.toFixed(3)} – ${high.toFixed(3)}`,
  },
  numberColumn('tprAt1PercentFpr', 'Traps found at 1 % of controls', (share) => `${(100 * share).toFixed(1)} %`),
  numberColumn('pValue', 'p', (p) => p.toFixed(4)),
]

function numberColumn(
  key: 'members' | 'nonMembers' | 'auc' | 'tprAt1PercentFpr' | 'pValue',
  label: string,
  format: (value: number) => string,
): Column<DetectionGroup> {
  return { key, label, isNumber: true, show: (group) => format(group[key]), sortValue: (group) => group[key] }
}

export function DetectionView({ detections }: { detections: readonly Detection[] }) {
  const [chosen, choose] = useState(detections[0]?.score ?? '')
  const detection = detections.find(({ score }) => score === chosen) ?? detections[0]
  if (!detection) return null
  const [all] = detection.groups
  return (
    <>
      <h2>Did the model see the traps?</h2>
      <fieldset class="chips">
        <legend class="hidden">Scores</legend>
        {detections.map(({ score }) => (
          <Chip key={score} isOn={score === detection.score} toggle={() => choose(score)}>
            {nameScore(score)}
          </Chip>
        ))}
      </fieldset>
      <p class="detection-verdict" role="status">
        {describeGroup(all)}
      </p>
      <p class="hint">
        An AUC is the share of pairs of a trap and a control in which the trap scores lower. Intervals are of 95 %, by
        resampling; p is the share of relabellings that do as well. Groups by repetitions are compared with all
        controls.
      </p>
      <div class="detection-plots">
        <AucPlot groups={detection.groups} />
        <RocPlot roc={detection.roc} />
      </div>
      <DataTable
        caption={`${nameScore(detection.score)}: AUC by group`}
        columns={columns}
        rows={detection.groups}
        rowKey={({ by, value }) => `${by} ${value}`}
      />
    </>
  )
}
