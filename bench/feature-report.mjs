/** How are the figures about benchmarks, traps, traces and repetition shown? As Markdown: a line a question, with the corpus it was put to. */

const seconds = (ms) => (ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1e3).toFixed(1)} s`)
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`
const count = (value) => value.toLocaleString('en-US')

function listContamination({ rows, benchmarks, items, windows, textBytes }) {
  const what = `${benchmarks} benchmarks, ${count(items)} items, ${count(windows)} windows`
  return rows
    .filter(({ name }) => !name.startsWith('counts alone, ') || name === 'counts alone, the first time')
    .map(({ name, wallMs, cpuMs }) => ({ what: `${what}: ${name}`, textBytes, wallMs, cpuMs }))
}

function listTimed({ rows, textBytes, characters, model }) {
  const what = characters === undefined ? '' : `trace of ${count(characters)} characters, `
  return rows.map(({ name, rounds, medianMs, maxMs, cpuMs }) => ({
    what: `${what}${name.replace('by the model', `by ${model}`)}${rounds > 1 ? `, median of ${rounds}` : ''}`,
    // The model reads no corpus.
    textBytes: name.includes('by the model') ? undefined : textBytes,
    wallMs: medianMs,
    longestMs: rounds > 1 ? maxMs : undefined,
    cpuMs,
  }))
}

function listRepetition({ rows }) {
  return rows.map(({ symbols, symbolCount, length, wallMs, cpuMs, peakMemoryBytes }) => ({
    what: `strings of ${length} ${symbols} that come again, with their spans; ${megabytes(peakMemoryBytes)} of memory at the peak`,
    textBytes: symbolCount,
    wallMs,
    cpuMs,
  }))
}

/** Markdown of the records that are there, by name. */
export function formatFeatures({ contamination, traps, trace, repetition }) {
  const rows = [
    ...(contamination ? listContamination(contamination) : []),
    ...(traps ? listTimed(traps) : []),
    ...(trace ? listTimed(trace) : []),
    ...(repetition ? listRepetition(repetition) : []),
  ]
  return [
    '| | text | time | longest | CPU, all threads |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(
      ({ what, textBytes, wallMs, longestMs, cpuMs }) =>
        `| ${what} | ${textBytes === undefined ? '' : megabytes(textBytes)} | ${seconds(wallMs)} | ${longestMs === undefined ? '' : seconds(longestMs)} | ${seconds(cpuMs)} |`,
    ),
  ].join('\n')
}
