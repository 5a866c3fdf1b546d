/**
 * How is a corpus of source code made? The C of Linux as Debian ships it, one JSON line a file: `{"text", "path"}`.
 *
 *   node bench/corpora/get-code.mjs OUT.jsonl [--bytes 256000000] [--package linux-source-6.1] [--source DIR] [--cache DIR]
 *
 * Needs apt-get (after `apt-get update`), dpkg-deb and tar; `--source` names a source tree that is there already.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'

/** The kernel proper first; what follows fills up to the size that is asked for. */
const folders = ['kernel', 'mm', 'fs', 'lib', 'crypto', 'net', 'ipc', 'init', 'security', 'block', 'include', 'sound']
const fillers = ['drivers', 'arch']

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      bytes: { type: 'string', default: '256000000' },
      package: { type: 'string', default: 'linux-source-6.1' },
      source: { type: 'string' },
      cache: { type: 'string', default: '.omnigram/bench/code-source' },
    },
  })
  if (positionals.length !== 1) {
    process.stderr.write('usage: node bench/corpora/get-code.mjs OUT.jsonl [--bytes N] [--source DIR] [--cache DIR]\n')
    process.exit(2)
  }
  return { ...values, out: positionals[0], bytes: Number(values.bytes) }
}

/** Fetches and unpacks the package; the folder with the source tree. */
function unpackSource(name, cache) {
  const tree = join(cache, 'tree')
  if (existsSync(join(tree, 'kernel'))) return tree
  mkdirSync(tree, { recursive: true })
  const run = (command, args) => execFileSync(command, args, { cwd: cache, stdio: 'inherit' })
  const find = (folder, pattern) => readdirSync(folder).find((file) => pattern.test(file))
  if (!find(cache, /\.deb$/)) run('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', name])
  run('dpkg-deb', ['-x', join(cache, find(cache, /\.deb$/)), join(cache, 'package')])
  const sources = join(cache, 'package', 'usr', 'src')
  run('tar', ['-xJf', join(sources, find(sources, /\.tar\.xz$/)), '-C', tree, '--strip-components=1'])
  return tree
}

/** C files under a folder, in the order of their names. */
function* listFiles(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  const byName = (a, b) => (a.name < b.name ? -1 : 1)
  for (const entry of entries.sort(byName)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* listFiles(path)
    else if (entry.isFile() && /\.[ch]$/.test(entry.name)) yield path
  }
}

async function main() {
  const options = readOptions()
  const cache = resolve(options.cache)
  const tree = options.source ? resolve(options.source) : unpackSource(options.package, cache)
  const out = createWriteStream(options.out)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [files, textBytes] = [0, 0]
  for (const folder of [...folders, ...fillers]) {
    for (const path of listFiles(join(tree, folder))) {
      const bytes = readFileSync(path)
      if (bytes.length === 0) continue
      if (textBytes + bytes.length > options.bytes) continue
      let text
      try {
        text = decoder.decode(bytes)
      } catch {
        // A few files are Latin-1.
        text = bytes.toString('latin1')
      }
      files += 1
      textBytes += Buffer.byteLength(text)
      if (!out.write(`${JSON.stringify({ text, path: relative(tree, path) })}\n`)) await once(out, 'drain')
      if (textBytes >= options.bytes - 1000) break
    }
  }
  out.end()
  await finished(out)
  process.stderr.write(`${options.out}: ${files} files, ${textBytes} bytes of text\n`)
}

await main()
