/** Which figures of a run are set beside which, and how much is wanted? The rows of the table, in words and in the README. */

/** Of what a run gave: groups of queries of one kind and length. */
function findGroup(groups, kind, length, threads) {
  return groups?.find(
    (group) => group.kind === kind && group.length === length && (threads === undefined || group.threads === threads),
  )
}

function timeRow(label, unit, ours, peer, goal) {
  return { label, unit, ours: ours?.medianUs, peer: peer?.medianUs, better: 'lower', ...goal }
}

/** What must be reached and what is aimed at: ratios to the peer, or figures of our own where there is `limit`. */
const goals = {
  count: { must: 7, aim: 12 },
  batch: { must: 18, aim: 35 },
  locate: { must: 2, aim: 4 },
  extract: { must: 6, aim: 10 },
  extractStored: { must: 40, aim: 100 },
  countStored: { must: 30, aim: 60 },
  build: { must: 2.5, aim: 3.5 },
  portable: { must: 3, aim: 5 },
}

function sizeRows({ ours, anchor, corpus }) {
  const share = (build) => (build ? build.indexBytes / corpus.textBytes : undefined)
  const rows = [
    { label: 'index / text, without metadata', unit: '', ours: share(ours.build), peer: share(anchor?.build) },
  ]
  for (const [profile, build] of Object.entries(ours.allIn)) {
    rows.push({ label: `index / text, all in, profile ${profile}`, unit: '', ours: build.ratio, peer: undefined })
  }
  rows.push({
    label: 'with the text store, without metadata',
    unit: '',
    ours: share(ours.textStore?.build),
    peer: undefined,
  })
  return rows
}

function buildRows({ ours, anchor }) {
  const bytesASymbol = (build) => (build ? build.peakBytes / build.symbols : undefined)
  return [
    {
      label: 'build from text, one core',
      unit: 'CPU s',
      ours: ours.build.cpuSeconds,
      peer: anchor?.build.cpuSeconds,
      ...goals.build,
    },
    {
      label: 'build from text, peak bytes a byte',
      unit: '',
      ours: bytesASymbol(ours.build),
      peer: bytesASymbol(anchor?.build),
    },
    { label: 'build all in, wall', unit: 's', ours: ours.allIn.default.wallMs / 1e3, peer: undefined },
  ]
}

function queryRows({ ours, anchor }) {
  const peers = anchor?.queries
  const rows = []
  const lengths = (kind) => [
    ...new Set(ours.queries.filter((group) => group.kind === kind).map(({ length }) => length)),
  ]
  for (const length of lengths('count')) {
    const peer = findGroup(peers, 'count', length)
    rows.push(timeRow(`count, ${length} bytes`, 'µs', findGroup(ours.queries, 'count', length), peer, goals.count))
    for (const threads of [1, 2]) {
      const group = findGroup(ours.queries, 'batch', length, threads)
      const goal = threads === 2 ? goals.batch : {}
      const label = `count, ${length} bytes, batches, ${threads} thread${threads > 1 ? 's' : ''}`
      rows.push(timeRow(label, 'µs', group, peer, goal))
    }
    for (const [groups, label] of [
      [ours.portable, 'without BMI2 and AVX2'],
      [ours.plain, 'plain code'],
    ]) {
      const group = findGroup(groups, 'count', length)
      rows.push(timeRow(`count, ${length} bytes, ${label}`, 'µs', group, peer, goals.portable))
    }
  }
  const longest = Math.max(...lengths('count'))
  const stored = findGroup(ours.textStore?.queries, 'count', longest)
  rows.push(
    timeRow(`count, ${longest} bytes, text store`, 'µs', stored, findGroup(peers, 'count', longest), goals.countStored),
  )
  for (const length of lengths('absent')) {
    const [own, peer] = [ours.queries, peers].map((groups) => findGroup(groups, 'absent', length))
    rows.push(timeRow(`count, absent ${length} bytes`, 'µs', own, peer, {}))
  }
  const [own, peer] = [ours.queries, peers].map((groups) => findGroup(groups, 'locate', 0))
  rows.push(timeRow('locate one', 'µs', own, peer, goals.locate))
  for (const length of lengths('extract')) {
    const [own, peer, kept] = [ours.queries, peers, ours.textStore?.queries].map((groups) =>
      findGroup(groups, 'extract', length),
    )
    const isGoal = length >= 1000
    rows.push(timeRow(`extract ${length} bytes`, 'µs', own, peer, isGoal ? goals.extract : {}))
    rows.push(timeRow(`extract ${length} bytes, text store`, 'µs', kept, peer, isGoal ? goals.extractStored : {}))
  }
  return rows
}

function pageRows({ ours, anchor }) {
  const row = { unit: 'pages', peer: anchor?.pages?.medianPages }
  return [
    { label: 'count of 50 bytes', ...row, ours: ours.pages?.medianPages },
    // Ours asks for its directories when it is opened; what is left is read by the count itself.
    { label: 'cold count of 50 bytes', ...row, ours: ours.pages?.medianColdPages },
  ]
}

/**
 * Rows `{label, unit, ours, peer, must?, aim?}`; smaller is better in all of them, and `must` and `aim` are ratios of the peer
 * to ours. A figure that was not measured is undefined.
 */
export function listRows(result) {
  const rows = [...sizeRows(result), ...buildRows(result), ...queryRows(result), ...pageRows(result)]
  return rows.filter(({ ours, peer }) => ours !== undefined || peer !== undefined)
}

/** The peer's figure by ours; undefined when one is missing. */
export function ratioOf({ ours, peer }) {
  return ours === undefined || peer === undefined || ours === 0 ? undefined : peer / ours
}

/** Three significant digits, or all of a larger number. */
export function formatFigure(value) {
  if (value === undefined) return '–'
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString()
}
