/** How long does a step of a filter, or a draft, take over HTTP with MessagePack, one client waiting for each answer? */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { pack, unpack } from 'msgpackr'
import { superposedPresets } from '../../dist/drafting/filter/filter-options.js'
import { NgramFilter } from '../../dist/drafting/filter/ngram-filter.js'
import { pickLikely, summarise } from './index-steps.mjs'

const commandLine = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

async function startServer(indexDir) {
  const args = [commandLine, 'serve', indexDir, '--port', '0', '--json', '--quiet', '--rate-limit', '0']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { url: new URL(JSON.parse(String(line)).url), stop: () => child.kill() }
}

function makeClient(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const headers = { 'content-type': 'application/vnd.msgpack', 'accept': 'application/vnd.msgpack' }
  const post = (path, body) =>
    new Promise((resolve, reject) => {
      const bytes = pack(body)
      const options = { agent, method: 'POST', path, host: url.hostname, port: url.port, headers }
      const sent = request({ ...options, headers: { ...headers, 'content-length': bytes.length } }, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => {
          const answer = Buffer.concat(chunks)
          if (response.statusCode === 200) resolve(unpack(answer))
          else reject(new Error(`${response.statusCode}: ${answer}`))
        })
      })
      sent.on('error', reject)
      sent.end(bytes)
    })
  return { post, close: () => agent.destroy() }
}

/** Steps as `measureFilter` takes them, each one request of a session. */
async function measureFilterOver(post, path, { index, contexts, steps }) {
  const filter = new NgramFilter(index, superposedPresets.p15_d3.orderWeights)
  const micros = []
  for (const [at, context] of contexts.entries()) {
    let drafts = [Array.from(context.slice(-15))]
    for (let step = 0; step < steps; step++) {
      const histories = await Promise.all(drafts.map((draft) => filter.start(Uint32Array.from(draft))))
      const candidates = Array.from(await pickLikely(histories))
      if (candidates.length < 9) break
      const logProbabilities = candidates.map((_, place) => -1 - place / 4)
      const start = performance.now()
      const { best } = await post(path, { drafts, candidates, logProbabilities, session: `bench-${at}` })
      if (drafts.length === 3) micros.push((performance.now() - start) * 1e3)
      drafts = best.map(({ draft, token }) => [...drafts[draft], token])
    }
  }
  return summarise(micros)
}

async function measureDraftsOver(post, path, { contexts, steps }) {
  const micros = []
  for (const [at, context] of contexts.entries()) {
    for (let length = context.length - steps; length <= context.length; length++) {
      const start = performance.now()
      await post(path, {
        contexts: [{ context: { ids: Array.from(context.subarray(0, length)) }, session: `draft-${at}` }],
        nodes: 64,
      })
      if (length > context.length - steps) micros.push((performance.now() - start) * 1e3)
    }
  }
  return summarise(micros)
}

export async function measureOverHttp({ indexDir, index, contexts, steps }) {
  const server = await startServer(indexDir)
  const client = makeClient(server.url)
  const name = indexDir.replace(/\/+$/, '').split('/').at(-1)
  try {
    // The first requests compile the program.
    await measureFilterOver(client.post, `/v1/indexes/${name}/filter`, {
      index,
      contexts: contexts.slice(0, 10),
      steps,
    })
    const filter = await measureFilterOver(client.post, `/v1/indexes/${name}/filter`, { index, contexts, steps })
    const drafts = await measureDraftsOver(client.post, `/v1/indexes/${name}/drafts`, { contexts, steps: 10 })
    return { filter, drafts }
  } finally {
    client.close()
    server.stop()
  }
}
