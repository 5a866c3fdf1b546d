/** Do the verbs on traps answer as promised, and refuse what cannot be answered, without a model? */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { cliLack, runCli, runCliWell } from '../support/run-cli.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
const at = (name: string) => join(folder.dir, name)

const runWell = (...args: string[]) => runCliWell(args)

async function refuse(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await runCli(args)
  expect(exitCode).toBeGreaterThan(1)
  return stderr
}

const texts = ['banana bread is good for a family of nine sailors', 'a bandana around the neck of a naïve 🙂 sailor']
const makeTrap = (id: string, text: string, repetitions: number, role = 'trap') =>
  `${JSON.stringify({ id, text, tokens: [1, 2], perplexity: 5, bucket: 0, seed: 1, role, repetitions })}\n`

beforeAll(async () => {
  folder = await makeFolder()
  if (cliLack !== null) return
  await writeFile(at('corpus.jsonl'), texts.map((text) => `${JSON.stringify({ text })}\n`).join(''))
  const traps = [makeTrap('a', 'copper whales sing of violet lynx', 3), makeTrap('b', 'nine 世界 wörds of moss', 1)]
  await writeFile(at('traps.jsonl'), [...traps, makeTrap('c', 'nobody planted this one', 0, 'control')].join(''))
  await runWell('build', at('corpus.jsonl'), '-o', at('before'))
  await writeFile(at('ids.jsonl'), '{"ids":[1,2]}\n')
  await runWell('build', at('ids.jsonl'), '--ids-field', 'ids', '-o', at('tokens'))
  await writeFile(at('empty.jsonl'), '')
})
afterAll(() => folder.remove())

describe.skipIf(cliLack !== null)('omnigram traps', () => {
  it('plants, counts, finds near, tells what a cleaning left, and takes out again', async () => {
    const [planted] = await runWell('traps', 'inject', at('traps.jsonl'), at('corpus.jsonl'), '-o', at('planted'))
    expect(planted).toMatchObject({ traps: 2, copies: 4, log: at('planted/injection.jsonl') })
    await runWell('build', at('planted/corpus.jsonl'), '-o', at('after'))
    const presence = await runWell('traps', 'presence', at('traps.jsonl'), at('after'), '--fail-unplanned')
    expect(presence.map(({ trap, found, isAsPlanned }) => [trap, found, isAsPlanned])).toEqual([
      ['a', 3, true],
      ['b', 1, true],
      ['c', 0, true],
    ])
    const near = await runWell('traps', 'neighbours', at('traps.jsonl'), at('after'), '--replaced', '1')
    expect(near.map(({ histogram }) => histogram)).toEqual([
      [{ distance: 0, count: 3 }],
      [{ distance: 0, count: 1 }],
      [],
    ])
    const survival = ['traps', 'survival', at('traps.jsonl'), at('after'), at('before')]
    const [left] = await runWell(...survival, '--length', '30', '--keep-first')
    expect(left?.traps).toMatchObject([
      { trap: 'a', before: 3, after: 0, predicted: 1 },
      { trap: 'b', before: 1, after: 0, predicted: 1 },
    ])
    const [undone] = await runWell('traps', 'undo', at('planted/injection.jsonl'), '-o', at('restored'))
    expect(undone).toMatchObject({ documents: 2, files: [{ name: 'corpus.jsonl' }] })
    expect(await readFile(at('restored/corpus.jsonl'))).toEqual(await readFile(at('corpus.jsonl')))
  })

  it('tells nothing by few scores, with their numbers', async () => {
    const scores = { a: [-1, -2], b: [-2, -1], c: [-3, -4] }
    const lines = Object.entries(scores).map(([trap, logProbabilities]) => JSON.stringify({ trap, logProbabilities }))
    await writeFile(at('scores.jsonl'), `${lines.join('\n')}\n`)
    const args = ['traps', 'detect', at('traps.jsonl'), '--scores', at('scores.jsonl')]
    const [first] = await runWell(...args)
    expect(first?.score).toBe('perplexity')
    const groups = first?.groups as unknown[] | undefined
    expect(groups?.[0]).toMatchObject({ by: 'all', members: 2, nonMembers: 1, auc: 1 })
    const { stderr } = await runCli(args)
    expect(stderr).toContain('2 traps, 1 controls; p = ')
    expect(stderr).toContain('of so few texts this says nothing')
  })

  it('writes over no registry, and says before the work what cannot be', async () => {
    const there = await readFile(at('traps.jsonl'), 'utf8')
    const make = (...flags: string[]) => refuse('traps', 'make', ...flags, '--model', 'none', '--tokenizer', 'none')
    expect(await make(at('traps.jsonl'))).toContain('is not written over')
    expect(await readFile(at('traps.jsonl'), 'utf8')).toBe(there)
    expect(await make(at('new.jsonl'), '--variants', '30')).toContain('has no 30 to replace')
    expect(await make(at('new.jsonl'))).toContain('model')
  })

  it.each([
    ['an empty registry', ['presence', 'empty.jsonl', 'before'], 'no trap is in it'],
    ['a corpus for a registry', ['presence', 'corpus.jsonl', 'before'], 'corpus.jsonl:1'],
    ['an index that is not there', ['presence', 'traps.jsonl', 'absent'], 'absent'],
    ['near copies in tokens', ['neighbours', 'traps.jsonl', 'tokens'], 'holds tokens'],
    ['survival in tokens', ['survival', 'traps.jsonl', 'tokens', 'tokens'], 'holds tokens'],
    ['counts of bytes for a model', ['detect', 'traps.jsonl', '--ngrams', 'before'], 'holds bytes'],
    ['an empty log', ['undo', 'empty.jsonl', '-o', 'restored-empty'], 'no file is in'],
    ['no texts', ['inject', 'traps.jsonl', 'corpus.jsonl', '--dry-run', '--text-field', 'body'], '"body"'],
    [
      'more than there is room for',
      ['inject', 'traps.jsonl', 'corpus.jsonl', '--min-words', '9999', '--dry-run'],
      '9999',
    ],
  ])('refuses %s', async (_, args, message) => {
    const { exitCode, stderr } = await runCli(['traps', ...args], { cwd: folder.dir })
    expect({ exitCode, stderr }).toEqual({
      exitCode: expect.toSatisfy((code) => code > 1),
      stderr: expect.stringContaining(message),
    })
  })
})
