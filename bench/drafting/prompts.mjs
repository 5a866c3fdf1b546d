/** Which prompts is a decoder measured on? Three sets, drawn by a seed: texts of the corpus, code to be edited, open questions. */
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { makeRandom } from '../workload.mjs'

const textTokens = 64
const codeTokens = 96
const givenTokens = 8

/** Benchmarks whose questions want a text as answer. */
const questionFiles = ['mt_bench', 'truthfulqa', 'strategyqa']

/** Documents that may be drawn: every line of the corpus has the same chance (reservoir sampling). */
async function drawDocuments(corpusPath, count, random, isWanted) {
  const drawn = []
  let seen = 0
  for await (const line of createInterface({ input: createReadStream(corpusPath) })) {
    const document = JSON.parse(line)
    if (!isWanted(document)) continue
    seen++
    if (drawn.length < count) drawn.push(document)
    else {
      const place = Math.floor(random() * seen)
      if (place < count) drawn[place] = document
    }
  }
  return drawn
}

const asChat = (question) => `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`

function drawWindow(ids, length, random) {
  const start = Math.floor(random() * (ids.length - length))
  return ids.slice(start, start + length)
}

function isCode({ path, text }) {
  return text.length > 1_500 && /\.(py|c|h|cc|cpp|hpp|js|ts|rs|go|java|pl|rb|sh|lua)(\.gz)?$/.test(path)
}

/** A piece of a file, to be written again with one name changed; the first tokens of the answer are given, so that the model copies. */
function makeEdit(document, tokenizer, random) {
  const lines = document.text.split('\n')
  const start = Math.floor(random() * Math.max(1, lines.length - 40))
  const ids = tokenizer.encode(lines.slice(start).join('\n')).ids.slice(0, codeTokens)
  const code = tokenizer.decode(ids)
  const names = [...new Set(code.match(/\b[a-z_][a-z_0-9]{3,}\b/gi) ?? [])]
  const name = names[Math.floor(random() * names.length)] ?? 'value'
  const before = tokenizer.encode(`Before:\n\n${code}\n\nAfter renaming ${name} to ${name}2:\n\n`).ids
  return { prompt: Uint32Array.of(...before, ...ids.slice(0, givenTokens)), input: ids.slice(givenTokens) }
}

/**
 * `{name, prompts: [{prompt, input}]}` for each set; `input` is what an input-guided drafter copies from, the prompt where there is
 * nothing better.
 */
export async function drawPrompts({ corpusPath, codePath, benchmarksDir, tokenizer, seed, count }) {
  const random = makeRandom(seed)
  const texts = await drawDocuments(corpusPath, count, random, ({ text }) => text.length > 2_000)
  const continuing = texts.map(({ text }) => {
    const prompt = drawWindow(tokenizer.encode(text.slice(0, 20_000)).ids, textTokens, random)
    return { prompt, input: prompt }
  })
  const codes = await drawDocuments(codePath, count, random, isCode)
  const editing = codes.map((document) => makeEdit(document, tokenizer, random))
  const questions = questionFiles.flatMap((file) =>
    readFileSync(`${benchmarksDir}/${file}.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).question),
  )
  const open = Array.from({ length: count }, () => {
    const prompt = tokenizer.encode(asChat(questions[Math.floor(random() * questions.length)])).ids
    return { prompt, input: prompt }
  })
  return [
    { name: 'continuing corpus text', prompts: continuing },
    { name: 'editing code', prompts: editing },
    { name: 'open questions', prompts: open },
  ]
}
