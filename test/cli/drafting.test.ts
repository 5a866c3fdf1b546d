/** Does the command line complete texts and judge them in the forms that are promised? */
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/build/testkit/small-corpus.js'
import { writeTokenizer } from '../../src/tokenizer/testkit/test-tokenizer.js'
import { cliLack, runCli } from '../support/run-cli.js'
import { modelLack, modelPath, tokenizerLack, tokenizerPath } from '../support/small-model.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
const at = (name: string) => join(folder.dir, name)
const texts = [
  'The capital of France is Paris, and the capital of Italy is Rome.',
  'It was the best of times, it was the worst of times, it was the age of wisdom.',
]

beforeAll(async () => {
  folder = await makeFolder()
  if (cliLack !== null) return
  const rows = texts.map((text, row) => `${JSON.stringify({ text, id: `doc-${row}` })}\n`)
  await writeFile(at('corpus.jsonl'), rows.join(''))
  await writeTokenizer(at('tokenizer.json'))
  await build('letters', at('tokenizer.json'))
  if (tokenizerLack === null) await build('words', tokenizerPath)
  await runCli(['build', at('corpus.jsonl'), '-o', at('bytes')])
})
afterAll(() => folder.remove())
beforeEach((context) => {
  if (cliLack !== null) context.skip(cliLack)
})

async function build(name: string, tokenizer: string): Promise<void> {
  const args = ['build', at('corpus.jsonl'), '--tokenizer', tokenizer, '--id-field', 'id', '-o', at(name)]
  const { exitCode, stderr } = await runCli(args)
  if (exitCode !== 0) throw new Error(stderr)
}

async function ask(...args: string[]): Promise<Record<string, unknown>[]> {
  const { exitCode, stderr, rows } = await runCli([...args, '--json', '--quiet'])
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return rows()
}

describe('perplexity', () => {
  it('judges a file, a document and ids alike, and leaves the text out exactly', async () => {
    await writeFile(at('text.txt'), texts[0] ?? '')
    const [whole] = await ask('perplexity', at('letters'), '--id', 'doc-0')
    expect(whole).toMatchObject({ leftOut: null, model: null, order: 5, fittedOn: 'halves', improvement: null })
    const [file] = await ask('perplexity', at('letters'), at('text.txt'))
    expect(file).toEqual(whole)
    const [left] = await ask('perplexity', at('letters'), at('text.txt'), '--leave-one-out')
    expect(left).toMatchObject({ leftOut: 'document' })
    const [document] = await ask('perplexity', at('letters'), '--document', '0', '--leave-one-out')
    expect(document).toEqual(left)
    // An index without the document says the same.
    await writeFile(at('other.jsonl'), `${JSON.stringify({ text: texts[1] })}\n`)
    await runCli(['build', at('other.jsonl'), '--tokenizer', at('tokenizer.json'), '-o', at('other')])
    const [other] = await ask('perplexity', at('other'), at('text.txt'))
    expect({ ...other, leftOut: 'document' }).toEqual(left)
    await writeFile(at('part.txt'), 'the capital of Italy')
    expect((await ask('perplexity', at('letters'), at('part.txt'), '--leave-one-out'))[0]).toMatchObject({
      leftOut: 'plateau',
    })
  })

  it('mixes with the scores of any model, by weights of another text, and tells each token', async () => {
    await writeFile(at('text.txt'), 'the age of the capital')
    const [{ tokens }] = await ask('perplexity', at('letters'), at('text.txt'))
    const logProbabilities = new Array(Number(tokens)).fill(Math.log(0.25))
    await writeFile(at('scores.json'), JSON.stringify({ logProbabilities }))
    const args = ['perplexity', at('letters'), at('text.txt'), '--scores', at('scores.json'), '-o', at('tokens.jsonl')]
    const [report] = await ask(...args)
    const mixtures = report.mixtures as { name: string; perplexity: number }[]
    expect(mixtures.find(({ name }) => name === 'model')?.perplexity).toBeCloseTo(4, 9)
    expect(mixtures.map(({ name }) => name)).toContain('infinity-gram + model')
    const lines = (await readFile(at('tokens.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(Number(tokens))
    expect(JSON.parse(lines[0])).toMatchObject({ token: expect.any(Number), modelLogProbability: Math.log(0.25) })
    await writeFile(at('fit.txt'), texts[1] ?? '')
    const [fitted] = await ask('perplexity', at('letters'), at('text.txt'), '--fit', at('fit.txt'))
    expect(fitted).toMatchObject({ fittedOn: 'text' })
    const { stdout } = await runCli(['perplexity', at('letters'), at('text.txt')])
    expect(stdout).toMatch(/infinity-gram \+ unigram +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+\n/)
  })

  it('asks an endpoint by token ids, with the key of the environment', async () => {
    await writeFile(at('text.txt'), texts[0] ?? '')
    const asked: { key?: string; prompt: number[] }[] = []
    const server = createServer(async (request, response) => {
      const { prompt } = (await json(request)) as { prompt: number[] }
      asked.push({ key: request.headers.authorization, prompt })
      const token_logprobs = prompt.map((_, place) => (place === 0 ? null : Math.log(0.5)))
      response.end(JSON.stringify({ choices: [{ logprobs: { token_logprobs } }] }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
      const args = ['perplexity', at('letters'), at('text.txt'), '--endpoint', url, '--endpoint-model', 'far', '--json']
      const { exitCode, rows } = await runCli([...args, '--window', '40'], { env: { OMNIGRAM_MODEL_KEY: 'hush' } })
      const [report] = rows()
      expect([exitCode, report.model]).toEqual([0, 'far'])
      const mixtures = report.mixtures as { name: string; bitsPerToken: number }[]
      expect(mixtures.find(({ name }) => name === 'model')?.bitsPerToken).toBeLessThan(1.2)
      expect(asked.length).toBeGreaterThan(1)
      expect(asked.every(({ key, prompt }) => key === 'Bearer hush' && prompt.length <= 40)).toBe(true)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it.each<[string, () => string[], number]>([
    ['an endpoint without a model', () => [at('letters'), at('text.txt'), '--endpoint', 'http://127.0.0.1:9/v1'], 2],
    ['two models', () => [at('letters'), at('text.txt'), '--scores', at('scores.json'), '--endpoint', 'http://x'], 2],
    ['no text', () => [at('letters')], 2],
    ['two texts', () => [at('letters'), at('text.txt'), '--document', '0'], 2],
    ['an index of bytes', () => [at('bytes'), at('text.txt')], 2],
    ['a server', () => ['http://127.0.0.1:9/x', at('text.txt')], 2],
    ['no such document', () => [at('letters'), '--id', 'nobody'], 3],
    ['scores of another text', () => [at('letters'), '--document', '1', '--scores', at('scores.json')], 3],
    ['an empty text', () => [at('letters'), at('empty.txt')], 2],
  ])('refuses %s', async (_name, args, code) => {
    await writeFile(at('empty.txt'), '')
    await writeFile(at('text.txt'), 'the')
    await writeFile(at('scores.json'), '{"logProbabilities":[-1]}')
    const { exitCode, stderr } = await runCli(['perplexity', ...args()])
    expect([exitCode, stderr.startsWith('omnigram:')]).toEqual([code, true])
  })
})

describe('complete', () => {
  it.each<[string, () => string[], number]>([
    ['no model', () => [at('letters'), 'the'], 2],
    ['a model that is not there', () => [at('letters'), 'the', '--model', at('none.gguf')], 3],
    ['an index of bytes', () => [at('bytes'), 'the', '--model', at('none.gguf')], 2],
    ['a window without a corpus', () => [at('letters'), 'the', '--model', at('none.gguf'), '--window', '3'], 2],
    ['no such preset', () => [at('letters'), 'the', '--model', at('none.gguf'), '--preset', 'p0'], 2],
    ['a temperature that is none', () => [at('letters'), 'the', '--model', at('none.gguf'), '--temperature', '-1'], 2],
  ])('refuses %s', async (_name, args, code) => {
    const { exitCode, stderr } = await runCli(['complete', ...args()])
    expect([exitCode, stderr.startsWith('omnigram:')]).toEqual([code, true])
  })

  describe('with a real model', () => {
    beforeEach((context) => {
      if (modelLack !== null || tokenizerLack !== null) context.skip(modelLack ?? tokenizerLack ?? '')
    })
    const complete = (...args: string[]) =>
      ask('complete', at('words'), 'The capital of France is', '--model', modelPath, ...args)

    it('writes the same text token by token and speculatively, and says where it stands', async () => {
      const plain = (await complete('--mode', 'plain', '--tokens', '10')).at(-1)
      const args = ['--mode', 'speculative', '--drafter', 'retrieval', '--origins', '--tokens', '10']
      const events = await complete(...args)
      expect(events.at(-1)).toMatchObject({ kind: 'end', ids: plain?.ids, text: plain?.text })
      expect(String(plain?.text)).toContain('Paris')
      const origin = events.find((event) => event.origin)?.origin
      expect(origin).toMatchObject({ from: 'corpus', document: { externalId: 'doc-0' } })
    })

    it('writes drafts in lines, one a draft', async () => {
      const args = ['complete', at('words'), 'The capital of France is', '--model', modelPath, '--tokens', '4']
      const { stdout, exitCode } = await runCli([...args, '--preset', 'p15_d2'])
      expect(exitCode).toBe(0)
      expect(stdout.trimEnd().split('\n')).toHaveLength(2)
      const events = await complete('--tokens', '4', '--no-filter')
      expect(events.map(({ kind }) => kind)).toEqual(['start', 'drafts', 'drafts', 'drafts', 'drafts', 'end'])
    })

    it('writes one of the titles', async () => {
      await writeFile(at('titles.txt'), ' Rome\n Paris\n"\\u0020New York"\n')
      expect((await complete('--mode', 'plain', '--titles', at('titles.txt'))).at(-1)).toMatchObject({ text: ' Paris' })
    })
  })
})
