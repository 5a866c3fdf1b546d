import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder } from '../../build/testkit/small-corpus.js'
import type { Trap } from '../trap.js'
import { injectFiles, planFiles, undoInjection } from './inject-traps.js'
import { injectionLogName, parseInjectionLog } from './injection-log.js'
import { planInjection } from './plan-injection.js'
import { injectionEdges } from './splice-traps.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
beforeEach(async () => {
  folder = await makeFolder()
})
afterEach(() => folder.remove())

function makeTrap(id: string, repetitions: number, role: Trap['role'] = 'trap'): Trap {
  return {
    id,
    text: `zq "${id}"\n\u00e9\u{1f642} xv`,
    tokens: [1],
    perplexity: 2,
    bucket: 0,
    seed: 1,
    role,
    repetitions,
  }
}

const traps = [makeTrap('one', 1), makeTrap('many', 5), makeTrap('none', 0, 'control')]
const options = { textField: 'text', minWords: 1, seed: 7 } as const

/** Odd lines, escapes and line ends that must come back as they were. */
async function writeInputs(): Promise<string[]> {
  const [a, b] = [join(folder.dir, 'a.jsonl'), join(folder.dir, 'b.jsonl')]
  const prose =
    'One two. Three four!\\n\\nFive \\u00e9 six? Seven eight.\\n\\nNine. Ten. Eleven.\\n\\nA.\\n\\nB.\\n\\nC.'
  await writeFile(a, `{"id": 1,  "text" :"${prose}"}\r\n\nnot json\n{"text":"${prose} 🙂","n":1.0}\n`)
  await writeFile(b, `{"other":"x"}\n{"text":"${prose}"}`)
  return [a, b]
}

for (const edge of injectionEdges) {
  it(`comes out again byte for byte: ${edge}`, async () => {
    const inputs = await writeInputs()
    const originals = await Promise.all(inputs.map((input) => readFile(input)))
    const plan = await planFiles(inputs, traps, { ...options, edge })
    expect(plan.map(({ trap, edges }) => [trap.id, edges.length])).toEqual([
      ['many', 5],
      ['one', 1],
    ])
    const [injected, restored] = [join(folder.dir, 'injected'), join(folder.dir, 'restored')]
    await injectFiles(inputs, plan, injected, { ...options, edge })
    const lines = await Promise.all(['a.jsonl', 'b.jsonl'].map((name) => readFile(join(injected, name), 'utf8')))
    const texts = lines.flatMap((text) =>
      text.split('\n').flatMap((line) => (/^\{.*"text"/.test(line) ? [JSON.parse(line).text as string] : [])),
    )
    for (const { text, repetitions } of traps) {
      expect(texts.reduce((sum, document) => sum + document.split(text).length - 1, 0)).toBe(repetitions)
    }
    const path = join(injected, injectionLogName)
    const log = parseInjectionLog(await readFile(path, 'utf8'), path)
    await undoInjection(log, injected, restored)
    for (const [at, name] of ['a.jsonl', 'b.jsonl'].entries()) {
      expect(await readFile(join(restored, name))).toEqual(originals[at])
      expect(await readFile(inputs[at] ?? '')).toEqual(originals[at])
    }
  })
}

describe('what is refused', () => {
  it('more traps than documents, or more copies than places', () => {
    const site = { file: 0, line: 1, edgeCount: 3 }
    expect(() => planInjection([makeTrap('a', 4)], [site], 0)).toThrow(
      'No document is left with room for 4 copies of a',
    )
    expect(() => planInjection([makeTrap('a', 1), makeTrap('b', 1)], [site], 0)).toThrow('No document is left')
  })

  it('a folder that has the files already; it is left as it was', async () => {
    const inputs = await writeInputs()
    const plan = await planFiles(inputs, traps, { ...options, edge: 'word' })
    const there = await readFile(inputs[0] ?? '')
    await expect(injectFiles(inputs, plan, folder.dir, { ...options, edge: 'word' })).rejects.toThrow(
      'is there already',
    )
    expect(await readFile(inputs[0] ?? '')).toEqual(there)
    expect((await readdir(folder.dir)).sort()).toEqual(['a.jsonl', 'b.jsonl'])
  })

  it('an injected file that was changed; nothing is left of the undoing', async () => {
    const inputs = await writeInputs()
    const plan = await planFiles(inputs, traps, { ...options, edge: 'word' })
    const injected = join(folder.dir, 'injected')
    const log = await injectFiles(inputs, plan, injected, { ...options, edge: 'word' })
    const text = await readFile(join(injected, 'a.jsonl'), 'utf8')
    await writeFile(join(injected, 'a.jsonl'), text.replace('not json', 'not  json'))
    await expect(undoInjection(log, injected, join(folder.dir, 'restored'))).rejects.toThrow('not the original')
    expect(await readdir(join(folder.dir, 'restored'))).toEqual([])
  })

  it('a packed file, and a log that leads out of its folder', async () => {
    const packed = join(folder.dir, 'a.jsonl.gz')
    await writeFile(packed, Buffer.from('1f8b0800', 'hex'))
    await expect(planFiles([packed], traps, { ...options, edge: 'word' })).rejects.toThrow('unpack it first')
    const line = JSON.stringify({ name: '../a', originalSha256: 'x', injectedSha256: 'y' })
    expect(() => parseInjectionLog(line, 'log')).toThrow('log:1')
  })

  it('an empty log, and inputs without a text', async () => {
    expect(() => parseInjectionLog('', 'log')).toThrow('no file is in')
    const inputs = await writeInputs()
    const none = { ...options, edge: 'word', textField: 'body' } as const
    await expect(planFiles(inputs, traps, none)).rejects.toThrow('has a text in its field "body"')
  })
})
