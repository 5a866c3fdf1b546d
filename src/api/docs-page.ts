/** How does a person read the API? A page at `/docs`, all of it from this server. */
import { fileURLToPath } from 'node:url'
import type { Express, Response } from 'express'
import { referencePageHeaders } from './http/security-headers.js'

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>omnigram API</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <div id="reference"></div>
    <noscript>The description for machines is at <a href="openapi.json">openapi.json</a>.</noscript>
    <script src="docs/reference.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`

/** Everything that would call another address is turned off. */
const start = `Scalar.createApiReference('#reference', {
  url: 'openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  mcp: { disabled: true },
  agent: { disabled: true },
})
`

/** The reference as one script: this package is the one that carries it without a web framework of its own. */
const scriptPath = fileURLToPath(new URL('./js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference')))

export function mountDocsPage(app: Express): void {
  app.get('/docs', (_request, response) => sendText(response, 'text/html', page))
  app.get('/docs/start.js', (_request, response) => sendText(response, 'text/javascript', start))
  app.get('/docs/reference.js', (_request, response) => response.sendFile(scriptPath, { maxAge: '1h' }))
}

function sendText(response: Response, type: string, text: string): void {
  response.setHeaders(referencePageHeaders)
  response.setHeader('Content-Type', `${type}; charset=utf-8`)
  response.end(text)
}
