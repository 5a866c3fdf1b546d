import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { makeCurl, makePython } from './make-code.ts'

const body = { patterns: ['it\'s "so" $HOME `id` \\n\n\u2028😀'] }
const address = 'http://127.0.0.1:1/v1/indexes/a,b/count'

it('quotes the body for the shell', () => {
  const command = makeCurl({ address, body }).replace('curl -sS', "printf '%s\\n'")
  const lines = execFileSync('sh', ['-c', command], { encoding: 'utf8' })
  expect(JSON.parse(lines.slice(lines.indexOf('{'), lines.lastIndexOf('}') + 1))).toEqual(body)
})

it('quotes the body for Python', () => {
  const code = makePython({ address, body })
  expect(code).toMatch(/^[\x00-\x7f]*$/)
  const literal = /data=(".*")\.encode/.exec(code)?.[1] ?? ''
  // A string of Python with these escapes alone is one of JSON too.
  expect(JSON.parse(JSON.parse(literal))).toEqual(body)
})
