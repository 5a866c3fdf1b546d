/** How are the figures of the browser module shown? As Markdown, with what is wanted of each. */

const kilobytes = (bytes) => `${(bytes / 1e3).toFixed(0)} kB`
const seconds = (ms) => `${(ms / 1e3).toFixed(1)} s`

function listModule({ bytes, gzipBytes, brotliBytes }) {
  const value = `${kilobytes(bytes)}, ${kilobytes(gzipBytes)} by gzip, ${kilobytes(brotliBytes)} by brotli`
  return [['the compiled core', value, '200 kB compressed']]
}

function listCounts({ length, patterns, rows }) {
  const ways = { together: `${patterns} in one call`, alone: 'one a call' }
  return rows.map(({ way, wasmCpuUs, nativeCpuUs }) => {
    const ratio = (wasmCpuUs / nativeCpuUs).toFixed(1)
    const value = `${wasmCpuUs.toFixed(1)} µs, native ${nativeCpuUs.toFixed(1)} µs: ${ratio}x`
    return [`count of ${length} bytes, index in memory, ${ways[way]}, CPU`, value, '4x native']
  })
}

function listCold({ length, patterns, requests, bytes, openingRequests }) {
  const what = `cold count of ${length} bytes over range requests, most of ${patterns}`
  const opening = `${openingRequests.max} of them to open`
  return [[what, `${requests.max} requests (${opening}), ${kilobytes(bytes.max)}`, '25 requests, 1 MB']]
}

function listBuilds(builds) {
  return builds.map(({ name, textBytes, documentCount, rounds, wallMs, cpuMs, longestStallMs }) => {
    const documents = documentCount === 1 ? 'one document' : `${documentCount} documents`
    const what = `build of ${(textBytes / 1e6).toFixed(1)} MB in the page, ${name}, ${documents}, median of ${rounds}`
    const value = `${seconds(wallMs)}, CPU of the browser ${seconds(cpuMs)}, longest stall of the page ${longestStallMs.toFixed(0)} ms`
    return [what, value, '6 s']
  })
}

/** Markdown of the record of `bench/wasm.mjs`. */
export function formatWasm({ module, counts, cold, builds }) {
  const rows = [...listModule(module), ...listCounts(counts), ...listCold(cold), ...listBuilds(builds)]
  const lines = rows.map(([what, value, wanted]) => `| ${what} | ${value} | ${wanted} |`)
  return ['| | | wanted, at most |', '| --- | ---: | ---: |', ...lines, ''].join('\n')
}
