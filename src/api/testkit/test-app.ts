/** What do the tests of the API ask? An app over a few documents, answered by the oracle of the queries. */
import type { Express } from 'express'
import { combineReaders } from '../../query/combine-readers.js'
import { createNaiveReader, type NaiveReaderOptions } from '../../query/testkit/naive-reader.js'
import { createApp } from '../app.js'
import type { ApiOptions } from '../options.js'
import { IndexRegistry } from '../served-indexes.js'

/** `fruit`: the worked example of the specification. `poems`: ids, facets, metadata, and text beyond ASCII. */
export const testIndexes: readonly NaiveReaderOptions[] = [
  { name: 'fruit', documents: [{ text: 'banana' }, { text: 'bandana' }] },
  {
    name: 'poems',
    shardCount: 2,
    facetFields: ['source'],
    documents: [
      { text: 'naïve café', externalId: 'cafe/1', metadata: '{"year":9007199254740993}', facets: ['web'] },
      {
        text: 'The Sun\n\tand the sun 🌞 shone',
        externalId: 'sun',
        metadata: '{"__proto__":{"a":1}}',
        facets: ['book'],
      },
      { text: '=HYPERLINK("https://example.org") <script>alert(1)</script>\u0000 end', facets: ['web'] },
      { text: '', facets: [null] },
    ],
  },
]

export function makeTestRegistry(indexes: readonly NaiveReaderOptions[] = testIndexes): IndexRegistry {
  const readers = indexes.map(createNaiveReader)
  return new IndexRegistry(
    readers.map((reader) => ({ name: reader.name, current: () => reader })),
    combineReaders,
  )
}

export function makeTestApp(options: Partial<ApiOptions> = {}, indexes?: readonly NaiveReaderOptions[]): Express {
  return createApp(makeTestRegistry(indexes), options).express
}
