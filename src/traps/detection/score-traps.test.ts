import { describe, expect, it } from 'vitest'
import { SessionScorer } from '../../models/session-scorer.js'
import { makeTableModel } from '../../models/testkit/table-model.js'
import { NaiveReader } from '../../query/testkit/naive-reader.js'
import type { Trap } from '../trap.js'
import { detectMembership } from './detect-membership.js'
import { findContexts } from './find-contexts.js'
import { formatScores, parseScores } from './score-file.js'
import { scoreTraps } from './score-traps.js'
import { TokenTrapScorer } from './trap-scorer.js'

function makeTrap(id: string, text: string, role: Trap['role'], bucket: number): Trap {
  return { id, text, tokens: [1, 2], perplexity: 20, bucket, seed: 1, role, repetitions: role === 'trap' ? 2 : 0 }
}

const traps = [
  makeTrap('a', 'zebra quartz', 'trap', 0),
  makeTrap('b', 'violet lynx', 'trap', 1),
  makeTrap('c', 'odd moss', 'control', 1),
]

const corpus = new NaiveReader({
  name: 'corpus',
  documents: ['one two zebra quartz three zebra quartz four', 'five six seven violet lynx'].map((text) => ({
    externalId: null,
    metadata: null,
    facets: [],
    text,
  })),
})

/** An id is a letter. */
const encode = async (text: string) => Uint32Array.from(text, (letter) => letter.charCodeAt(0))
const session = new SessionScorer('table', makeTableModel(128))
const scorer = new TokenTrapScorer('table', (tokens) => session.measureTokens(tokens), encode)

describe('contexts', () => {
  it('are the words before a copy, without other copies; a control has those of a trap that is alike', async () => {
    const contexts = await findContexts(corpus, traps, { words: 2, seed: 1 })
    expect(['one two ', 'two  three ']).toContain(contexts.get('a'))
    expect(contexts.get('b')).toBe('six seven ')
    expect(contexts.get('c')).toBe('six seven ')
  })

  it('are refused where a trap does not stand', async () => {
    const lost = [makeTrap('z', 'nowhere at all', 'trap', 0)]
    await expect(findContexts(corpus, lost, { words: 2, seed: 1 })).rejects.toThrow('does not hold the trap z')
  })
})

describe('scores', () => {
  it('are of the trap alone, whatever stands before it', async () => {
    const [alone, after] = [await scorer.scoreText('quartz', ''), await scorer.scoreText('quartz', 'zebra ')]
    expect([alone.logProbabilities.length, after.logProbabilities.length]).toEqual([6, 6])
    // The model looks at two letters, so from the third on the context is forgotten.
    expect([...after.logProbabilities.slice(2)]).toEqual([...alone.logProbabilities.slice(2)])
    expect(after.logProbabilities[0]).not.toBe(alone.logProbabilities[0])
    expect(after.means).toHaveLength(6)
    await expect(scorer.scoreText('', 'zebra')).rejects.toThrow('no tokens')
  })

  it('of a model, a reference and contexts give every score, and come back from their file', async () => {
    const contexts = await findContexts(corpus, traps, { words: 2, seed: 1 })
    const scores = await scoreTraps(traps, scorer, { reference: scorer, contexts })
    const detections = detectMembership(traps, scores, 1)
    const names = ['perplexity', 'min-k', 'min-k++', 'zlib', 'ratio', 'context-perplexity', 'context-ratio']
    expect(detections.map(({ score }) => score)).toEqual(names)
    // A model beside itself says nothing.
    expect(detections.find(({ score }) => score === 'ratio')?.groups[0]?.auc).toBe(0.5)
    const lines = [...scores].map(([trap, of]) => formatScores(trap, of)).join('')
    expect(detectMembership(traps, parseScores(lines, 's.jsonl'), 1)).toEqual(detections)
  })

  it('of a reference are there for all traps or for none', async () => {
    const scores = await scoreTraps(traps, scorer)
    const mixed = new Map([...scores, ['a', { ...scores.get('a')!, referenceLogProbabilities: [-1] }]])
    expect(() => detectMembership(traps, mixed, 1)).toThrow('1 of 3 traps have scores of a reference')
  })
})
