import { expect, it } from 'vitest'
import { packBatch } from './pack-batch.js'

const source = { path: 'a', line: 1 }

it('lays texts back to back and facets document by document', () => {
  const batch = packBatch([
    { text: Buffer.from('añ'), externalId: 'x', metadata: '{}', facets: ['web', null], source },
    { text: Buffer.alloc(0), externalId: null, metadata: null, facets: [null, 'en'], source },
    { text: Buffer.from('b'), externalId: null, metadata: null, facets: [null, null], source },
  ])
  expect({ ...batch, texts: Buffer.from(batch.texts).toString(), textEnds: [...batch.textEnds] }).toEqual({
    texts: 'añb',
    textEnds: [3, 3, 4],
    externalIds: ['x', null, null],
    metadata: ['{}', null, null],
    facets: ['web', null, null, 'en', null, null],
  })
})
