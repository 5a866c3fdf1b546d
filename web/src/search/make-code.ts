/** How does a program ask what the page asks? */

export interface Request {
  /** Whole address of the resource. */
  readonly address: string
  readonly body: object
}

export function makeCurl({ address, body }: Request): string {
  const quoted = JSON.stringify(body).replaceAll("'", "'\\''")
  return `curl -sS '${address}' -H 'content-type: application/json' -d '${quoted}'`
}

export function makeTypeScript({ address, body }: Request): string {
  return `const response = await fetch(${JSON.stringify(address)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(${JSON.stringify(body)}),
})
const answer = await response.json()
if (!response.ok) throw new Error(\`\${answer.title} \${answer.detail}\`)
console.log(answer)
`
}

/** The body goes into a Python string, whose escapes are a superset of those of JSON. */
export function makePython({ address, body }: Request): string {
  return `import json
import urllib.request

request = urllib.request.Request(
    ${JSON.stringify(address)},
    data=${JSON.stringify(escapeAstral(JSON.stringify(body)))}.encode(),
    headers={"content-type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))
`
}

/** Lone surrogates would fail in Python, escaped ones are read by JSON. */
function escapeAstral(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
