/** Which patterns of the small corpus are counted wherever two cores have to agree? */
import { readTexts, smallCorpusPath } from './small-corpus.js'

/** 500 pieces of its texts, of 1 to 60 letters; every tenth with a letter that stands there nowhere. */
export function drawSmallPatterns(): string[] {
  const texts = readTexts(smallCorpusPath).filter((text) => text.length > 100)
  return Array.from({ length: 500 }, (_, at) => {
    const text = texts[(at * 7919) % texts.length]
    const start = (at * 104_729) % (text.length - 60)
    return text.slice(start, start + 1 + (at % 60)).replace(/\p{Surrogate}/gu, '') + (at % 10 === 0 ? '\u0001' : '')
  })
}
