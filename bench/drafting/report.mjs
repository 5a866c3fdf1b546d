/** How are the figures about drafting shown? As Markdown: a table of drafters by prompt set, and one line a step of the index. */

const figure = (value, digits = 2) => value.toFixed(digits)

function formatSpeculative(rows) {
  const sets = [...new Set(rows.map(({ set }) => set))]
  const names = [...new Set(rows.map(({ drafter }) => drafter))]
  const lines = [`| drafter | nodes | ${sets.join(' | ')} |`, `| --- | ---: |${sets.map(() => ' ---: |').join('')}`]
  for (const name of names) {
    const cells = sets.map((set) => {
      const row = rows.find((other) => other.set === set && other.drafter === name)
      if (name === 'plain') return `${figure(row.msPerToken, 1)} ms`
      return `${figure(row.speedup)}x, ${figure(row.acceptedPerStep)}`
    })
    const nodes = rows.find(({ drafter }) => drafter === name).nodes
    lines.push(`| ${name === 'plain' ? 'plain greedy, a token' : name} | ${nodes || ''} | ${cells.join(' | ')} |`)
  }
  return lines.join('\n')
}

function formatSuperposed({ tokens, promptTokens, prompts, timeOfGreedy, rows }) {
  const times = { greedy: 1, 'filter': timeOfGreedy.filtered, 'no filter': timeOfGreedy.unfiltered }
  const beside = ({ perplexity, ratio, ratioLow, ratioHigh }, name) => {
    if (name === 'no filter') return figure(perplexity)
    return `${figure(perplexity)}: ${figure(ratio)} (${figure(ratioLow)}–${figure(ratioHigh)})`
  }
  return [
    `| drafts of ${tokens} tokens after ${promptTokens}, ${prompts} prompts | time | perplexity, best of 3 | perplexity, all 3 |`,
    '| --- | ---: | ---: | ---: |',
    ...rows.map(({ name, best, all }) => {
      const time = times[name] === undefined ? '' : `${figure(times[name])}x`
      return `| ${name} | ${time} | ${beside(best, name)} | ${beside(all, name)} |`
    }),
  ].join('\n')
}

function formatSteps({ filter, drafts, growing, http, index, corpus }) {
  const row = (name, { p50Us, p99Us }) => `| ${name} | ${figure(p50Us, 1)} | ${figure(p99Us, 1)} |`
  const lines = [
    `| a step on ${(corpus.tokens / 1e6).toFixed(0)} million tokens, ${figure(index.bytesPerToken, 2)} bytes a token | p50, µs | p99, µs |`,
    '| --- | ---: | ---: |',
  ]
  if (filter) lines.push(row('filter: 3 drafts, 9 candidates, orders 2 to 6', filter))
  if (http) lines.push(row('the same over HTTP with MessagePack', http.filter))
  if (drafts) lines.push(row(`retrieval draft of up to 64 nodes, ${figure(drafts.meanNodes, 0)} on average`, drafts))
  if (http) lines.push(row('the same over HTTP with MessagePack', http.drafts))
  if (growing) lines.push(row('a token more of a context, all its ends', growing))
  return lines.join('\n')
}

/** Markdown of one run, whole or in part. */
export function formatDrafting(result) {
  const parts = []
  if (result.speculative) parts.push(formatSpeculative(result.speculative))
  if (result.superposed) parts.push(formatSuperposed(result.superposed))
  if (result.filter || result.http) parts.push(formatSteps(result))
  return `${parts.join('\n\n')}\n`
}
