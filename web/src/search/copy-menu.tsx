/** How is the question taken elsewhere? As a link, or as code that asks the same. */
import { copyText } from '../components/announce.ts'
import { Button } from '../components/button.tsx'
import { describePattern, resourcePath } from './ask.ts'
import { type Query, writeQuery } from './query.ts'

/** The address of what is shown, pinned to the generation. */
export function makeLink(query: Query, generation: string | null): string {
  return location.origin + writeQuery({ ...query, generation })
}

function makeCurl(address: string, body: string): string {
  return `curl -s ${address} -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}'`
}

function makeTypeScript(address: string, body: string): string {
  return `const response = await fetch(${JSON.stringify(address)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(${body}),
})
const { results } = await response.json()`
}

function makePython(address: string, body: string): string {
  return `import json, urllib.request
request = urllib.request.Request(${JSON.stringify(address)}, headers={"content-type": "application/json"},
    data=json.dumps(json.loads(r'''${body}''')).encode())
results = json.load(urllib.request.urlopen(request))["results"]`
}

export function CopyMenu({ query, generation }: { query: Query; generation: string }) {
  const { pattern, matching } = describePattern(query)
  const address = location.origin + resourcePath(query, 'count')
  const body = JSON.stringify({ patterns: [pattern], matching })
  const forms: readonly [string, () => string][] = [
    ['Link', () => makeLink(query, generation)],
    ['curl', () => makeCurl(address, body)],
    ['TypeScript', () => makeTypeScript(address, body)],
    ['Python', () => makePython(address, body)],
  ]
  return (
    <span class="copy">
      Copy
      {forms.map(([name, make]) => (
        <Button key={name} kind="plain" onClick={() => copyText(make(), name)}>
          {name}
        </Button>
      ))}
    </span>
  )
}
