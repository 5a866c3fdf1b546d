/** How is the question taken elsewhere? As a link, or as code that asks the same. */
import { announce, copyText } from '../components/announce.ts'
import { Button } from '../components/button.tsx'
import { isStatic } from '../server/site.ts'
import { allowPartial, describeCount, describeResults, resourcePath } from './ask.ts'
import { makeCurl, makePython, makeTypeScript, type Request } from './make-code.ts'
import { isCombined, type Query, writeQuery } from './query.ts'

/** Copies the address of what is shown, pinned to the generation. */
export function copyLink(query: Query, generation: string | null): Promise<void> | void {
  const address = writeQuery({ ...query, generation })
  if (address === null) return announce('The pattern is too long for a link.', true)
  return copyText(location.origin + address, 'Link')
}

/** The count of a pattern; of several, the documents that hold them. */
function makeRequest(query: Query): Request {
  const resource = isCombined(query) ? 'documents' : 'count'
  const body = isCombined(query) ? describeResults(query) : describeCount(query)
  return { address: location.origin + resourcePath(query.indexes, resource), body: allowPartial(query, body) }
}

const forms = [
  ['curl', makeCurl],
  ['TypeScript', makeTypeScript],
  ['Python', makePython],
] as const

export function CopyMenu({ query, generation }: { query: Query; generation: string | null }) {
  return (
    <div class="copy">
      <span>Copy as</span>
      <Button kind="plain" onClick={() => copyLink(query, generation)}>
        link
      </Button>
      {/* Files on a host answer no program that asks as these do. */}
      {!isStatic &&
        forms.map(([name, make]) => (
          <Button key={name} kind="plain" onClick={() => copyText(make(makeRequest(query)), name)}>
            {name}
          </Button>
        ))}
    </div>
  )
}
