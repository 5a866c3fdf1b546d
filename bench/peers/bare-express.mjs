/** How much is HTTP alone? An express handler that parses a body, asks a worker thread, and answers. */

import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

if (isMainThread) {
  const { default: express } = await import('express')
  const worker = new Worker(fileURLToPath(import.meta.url))
  const waiting = new Map()
  let lastId = 0
  worker.on('message', ({ id, counts }) => {
    waiting.get(id)(counts)
    waiting.delete(id)
  })
  const app = express()
  app.use(express.json())
  app.post('/count', async (request, response) => {
    const id = ++lastId
    const counts = await new Promise((resolve) => {
      waiting.set(id, resolve)
      worker.postMessage({ id, patterns: request.body.patterns })
    })
    response.json({ results: counts.map((count) => ({ count })) })
  })
  const server = app.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`)
  })
} else {
  parentPort.on('message', ({ id, patterns }) =>
    parentPort.postMessage({ id, counts: patterns.map((text) => text.length) }),
  )
}
