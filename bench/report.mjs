/** How are the figures shown? One table, ours beside the peers, with the ratio. */

const mebibyte = 2 ** 20

function formatRow(cells) {
  return `${cells[0].padEnd(34)}${cells
    .slice(1)
    .map((cell) => String(cell).padStart(14))
    .join('')}\n`
}

function number(value, digits = 2) {
  return value === undefined || value === null ? '–' : value.toFixed(digits)
}

function ratio(peer, ours) {
  return peer === undefined || ours === undefined || ours === 0 ? '–' : `${(peer / ours).toFixed(1)}x`
}

function describeGroup({ kind, length, threads }) {
  const unit = length > 0 ? ` ${length} bytes` : ''
  return `${kind}${unit}${threads ? `, ${threads} thread${threads > 1 ? 's' : ''}` : ''}, µs`
}

/** The group of the peer that a group of ours is set beside: batches against its single queries. */
function findPeer(groups, group) {
  const kind = group.kind === 'batch' ? 'count' : group.kind
  return groups?.find((other) => other.kind === kind && other.length === group.length)
}

/** A plain-text table of one run. */
export function formatTable(result) {
  const { machine, corpus, ours, anchor, ripgrep } = result
  const size = (build) => (build ? build.indexBytes / corpus.textBytes : undefined)
  let table = `${corpus.name}: ${(corpus.textBytes / 1e6).toFixed(1)} MB of text, ${corpus.documents} documents\n`
  table += `${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${result.date.slice(0, 10)}\n\n`
  table += formatRow(['', 'omnigram', 'sdsl', 'sdsl/ours'])
  table += formatRow([
    'index / text',
    number(size(ours.build), 4),
    number(size(anchor?.build), 4),
    ratio(size(anchor?.build), size(ours.build)),
  ])
  table += formatRow(['index / text, with metadata', number(ours.allIn.ratio, 4), '–', '–'])
  table += formatRow([
    'build from text, CPU s',
    number(ours.build.cpuSeconds),
    number(anchor?.build.cpuSeconds),
    ratio(anchor?.build.cpuSeconds, ours.build.cpuSeconds),
  ])
  table += formatRow([
    'build from text, peak MiB',
    number(ours.build.peakBytes / mebibyte, 0),
    anchor ? number(anchor.build.peakBytes / mebibyte, 0) : '–',
    '–',
  ])
  table += formatRow(['build all in, wall s', number(ours.allIn.wallMs / 1e3), '–', '–'])
  table += formatRow(['build all in, peak MiB', number(ours.allIn.peakMemoryBytes / mebibyte, 0), '–', '–'])
  for (const group of ours.queries) {
    const peer = findPeer(anchor?.queries, group)
    table += formatRow([
      describeGroup(group),
      number(group.medianUs),
      number(peer?.medianUs),
      ratio(peer?.medianUs, group.medianUs),
    ])
  }
  if (ripgrep) table += formatRow(['rg -c -F on the corpus, ms', '–', number(ripgrep.medianMs, 1), '–'])
  if (result.disagreements?.length > 0) table += `\nANSWERS DIFFER FROM THE PEER: ${result.disagreements.join(', ')}\n`
  return table
}
