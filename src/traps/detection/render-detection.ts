/** How does the answer whether a model saw the traps read as one HTML file, without a script and without anything from elsewhere? */
import { escapeHtml } from '../../core/escape-html.js'
import { formatCount } from '../../core/units.js'
import type { Detection, DetectionGroup, ScoreName } from './detect-membership.js'
import type { Separation } from './separation.js'

export interface DetectionReport {
  /** What was scored, and by what it was compared; null where a file says neither. */
  readonly model: string | null
  readonly reference: string | null
  readonly seed: number
  readonly detections: readonly Detection[]
  readonly program: string
}

const scoreNames: Readonly<Record<ScoreName, string>> = {
  'perplexity': 'Perplexity',
  'min-k': 'Min-K % (k = 20)',
  'min-k++': 'Min-K %++ (k = 20)',
  'zlib': 'Log-likelihood by zlib bytes',
  'ratio': 'Perplexity over the reference’s',
  'context-perplexity': 'Perplexity in context',
  'context-ratio': 'Perplexity over the reference’s, in context',
}

const style = `
:root { color-scheme: light dark; --line: #8885; --ink: light-dark(#1d2321, #e8ece9); --accent: light-dark(#0b6354, #6cc9b3); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; } .wide { overflow-x: auto; } .plots { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: start; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .axis { stroke: var(--line); } svg .half { stroke: var(--ink); stroke-dasharray: 4 3; }
svg .mark { fill: var(--accent); } svg .range { stroke: var(--accent); stroke-width: 2; } svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; }
@media print { section { break-inside: avoid; } }`

/** Fewer traps or controls have too few resamplings to tell them by. */
const fewTexts = 4

/** What an AUC says, never without its numbers and its interval. */
export function describeSeparation({ auc, aucInterval: [low, high], members, nonMembers, pValue }: Separation): string {
  const numbers =
    `AUC ${auc.toFixed(3)} (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}; ${formatCount(members)} traps, ` +
    `${formatCount(nonMembers)} controls; p = ${pValue.toFixed(4)})`
  // Of few texts that lie apart every resampling does too: then the interval is a point, and tells nothing.
  const isFew = Math.min(members, nonMembers) < fewTexts
  if (isFew && (low > 0.5 || high < 0.5)) return `${numbers}: of so few texts this says nothing.`
  if (low > 0.5) return `${numbers}: the model holds traps likelier than controls.`
  if (high < 0.5) return `${numbers}: the model holds controls likelier than traps, which nothing planted explains.`
  return `${numbers}: the interval holds 0.5, so this says nothing.`
}

/** The same report, the same page. */
export function renderDetection({ model, reference, seed, detections, program }: DetectionReport): string {
  const scored = model === null ? '' : ` Scored by <b>${escapeHtml(model)}</b>.`
  const compared = reference === null ? '' : ` The reference is <b>${escapeHtml(reference)}</b>.`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Did the model see the traps?</title><style>${style}</style></head><body>
<h1>Did the model see the traps?</h1>
<p>omnigram ${escapeHtml(program)}.${scored}${compared} Lower scores mean more likely seen. An AUC is the share of pairs of a trap and a
control in which the trap scores lower; intervals are of 95 %, by 1,000 resamplings with seed ${seed}; p is the share of 1,000 relabellings
that do as well. Groups by repetitions are compared with all controls.</p>
${detections.map(renderScore).join('')}
</body></html>
`
}

function renderScore({ score, groups, roc, bucketCorrelation }: Detection): string {
  const [all] = groups
  if (all === undefined) return ''
  const correlation =
    bucketCorrelation === null
      ? ''
      : `<p>Correlation of the AUC with the bucket of perplexity: ${bucketCorrelation.toFixed(2)} over ${groups.filter(({ by }) => by === 'bucket').length} buckets.</p>`
  return `<section><h2>${scoreNames[score]}</h2><p>${describeSeparation(all)}</p>
<div class="plots">${drawForest(groups, scoreNames[score])}${drawRoc(roc, scoreNames[score])}</div>${renderTable(groups)}${correlation}</section>
`
}

export function nameGroup({ by, value }: Pick<DetectionGroup, 'by' | 'value'>): string {
  if (value === null) return 'all'
  if (by === 'length') return `${formatCount(value)} tokens`
  if (by === 'repetitions') return value === 1 ? '1 repetition' : `${formatCount(value)} repetitions`
  return `perplexity ${10 * value + 1} to ${10 * value + 11}`
}

const [plotWidth, lineHeight, left, right] = [420, 24, 140, 70]

/** The AUC of each group with its interval, on a line each. */
function drawForest(groups: readonly DetectionGroup[], name: string): string {
  const height = groups.length * lineHeight
  const x = (auc: number) => (left + auc * plotWidth).toFixed(1)
  const lines = groups.map((group, at) => {
    const y = at * lineHeight + lineHeight / 2
    const [low, high] = group.aucInterval
    return (
      `<text x="${left - 10}" y="${y + 4}" text-anchor="end">${nameGroup(group)}</text>` +
      `<line class="range" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}"/><circle class="mark" cx="${x(group.auc)}" cy="${y}" r="4"/>` +
      `<text x="${left + plotWidth + 10}" y="${y + 4}">${group.auc.toFixed(2)}</text>`
    )
  })
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) =>
      `<line class="${tick === 0.5 ? 'half' : 'axis'}" x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="${height}"/>` +
      `<text x="${x(tick)}" y="${height + 16}" text-anchor="middle">${tick}</text>`,
  )
  const [width, full] = [left + plotWidth + right, height + 24]
  return `<svg role="img" aria-label="AUC of ${name} with intervals; the table has the numbers" viewBox="0 0 ${width} ${full}" width="${width}" height="${full}">${ticks.join('')}${lines.join('')}</svg>`
}

const rocSize = 240

/** Share of traps found by share of controls found. */
function drawRoc(roc: readonly number[], name: string): string {
  const at = (share: number) => (40 + share * rocSize).toFixed(1)
  const up = (share: number) => (10 + (1 - share) * rocSize).toFixed(1)
  const path = roc.map((share, percent) => `${percent === 0 ? 'M' : 'L'}${at(percent / 100)} ${up(share)}`).join('')
  const [width, height] = [rocSize + 60, rocSize + 50]
  const frame = `<rect class="axis" fill="none" x="40" y="10" width="${rocSize}" height="${rocSize}"/>`
  const words =
    `<text x="${40 + rocSize / 2}" y="${rocSize + 40}" text-anchor="middle">controls found</text>` +
    `<text transform="translate(14 ${10 + rocSize / 2}) rotate(-90)" text-anchor="middle">traps found</text>` +
    `<text x="40" y="${rocSize + 24}">0</text><text x="${40 + rocSize}" y="${rocSize + 24}" text-anchor="end">100 %</text>`
  return `<svg role="img" aria-label="ROC curve of ${name}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${frame}<line class="half" x1="${at(0)}" y1="${up(0)}" x2="${at(1)}" y2="${up(1)}"/><path class="curve" d="${path}"/>${words}</svg>`
}

function renderTable(groups: readonly DetectionGroup[]): string {
  const heads = ['Group', 'Traps', 'Controls', 'AUC', '95 % interval', 'Traps found at 1 % of controls', 'p']
  const rows = groups.map((group) => {
    const { members, nonMembers, auc, aucInterval, tprAt1PercentFpr, pValue } = group
    const interval = aucInterval.map((end) => end.toFixed(3)).join(' – ')
    const cells = [formatCount(members), formatCount(nonMembers), auc.toFixed(3), interval]
    const rest = [`${(100 * tprAt1PercentFpr).toFixed(1)} %`, pValue.toFixed(4)]
    return `<tr><th scope="row">${nameGroup(group)}</th>${[...cells, ...rest].map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return `<div class="wide"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}
