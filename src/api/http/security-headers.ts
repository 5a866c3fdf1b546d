/** Which headers keep a browser from doing harm with what we send? */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'

export const strictPolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'form-action': ["'self'"],
}

/** The page of the API reference writes its own style sheets; scripts stay ours alone. */
const referencePolicy = { ...strictPolicy, 'style-src': ["'self'", "'unsafe-inline'"] }

/** The headers are the same for every answer, so helmet makes them once. */
function makeHeaders(directives: Record<string, string[]>): Map<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const addHeaders = helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // The server speaks plain HTTP; who puts TLS before it also decides on HSTS.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  })
  addHeaders(response.req, response, () => {})
  return new Map(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]))
}

/** For pages. */
export const pageHeaders = makeHeaders(strictPolicy)

/** The others speak of pages alone, and a count is answered thousands of times a second. */
const namesForAll = new Set([
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'x-content-type-options',
  'x-frame-options',
])

/** For every answer. */
export const answerHeaders = new Map([...pageHeaders].filter(([name]) => namesForAll.has(name)))

/** For the page of the API reference. */
export const referencePageHeaders = makeHeaders(referencePolicy)
