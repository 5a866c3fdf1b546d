/** Which text does the demo index? What is on the machine after set-up anyway: our documents and the sources we depend on. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { root } from '../setup/paths.mjs'

/** Above it a file is a bundle or generated data, not text that somebody wrote. */
const maxFileBytes = 512 * 1024

const kinds = new Map([
  ['.md', 'prose'],
  ['.txt', 'prose'],
  ['.ts', 'code'],
  ['.js', 'code'],
  ['.mjs', 'code'],
  ['.cjs', 'code'],
  ['.rs', 'code'],
])

/** Every file of the demo in a fixed order: where it is, what to call it, whence it comes and of which kind it is. */
export function* listDemoFiles() {
  for (const name of readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .sort()) {
    yield { file: join(root, name), path: `omnigram/${name}`, source: 'omnigram', kind: 'prose' }
  }
  yield* listFolder(join(root, 'docs'), 'omnigram/docs', 'omnigram')
  // Questions of the demo's own benchmark, so that its bulletin has something to find.
  yield {
    file: join(root, 'scripts', 'demo', 'planted.md'),
    path: 'omnigram/demo/planted.md',
    source: 'omnigram',
    kind: 'prose',
  }
  yield* listFolder(join(root, 'node_modules'), 'npm', 'npm')
  for (const { crate, folder } of listCrates()) yield* listFolder(folder, `cargo/${crate}`, 'cargo')
}

function* listFolder(folder, path, source) {
  if (!existsSync(folder)) return
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const file = join(folder, entry.name)
    const name = `${path}/${entry.name}`
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.')) yield* listFolder(file, name, source)
    } else if (entry.isFile()) {
      const kind = kindOf(entry.name)
      if (kind !== undefined && statSync(file).size <= maxFileBytes) yield { file, path: name, source, kind }
    }
  }
}

function kindOf(name) {
  if (/^(licen[cs]e|copying|notice)/i.test(basename(name))) return 'licence'
  return /\.min\.[cm]?js$/.test(name) ? undefined : kinds.get(extname(name).toLowerCase())
}

/** The crates of native/Cargo.lock that cargo has unpacked. */
function listCrates() {
  const sources = join(process.env.CARGO_HOME ?? join(homedir(), '.cargo'), 'registry', 'src')
  if (!existsSync(sources)) return []
  const registries = readdirSync(sources)
  const lock = readFileSync(join(root, 'native', 'Cargo.lock'), 'utf8')
  return [...lock.matchAll(/^name = "(.+)"\nversion = "(.+)"\nsource = /gm)].flatMap(([, name, version]) => {
    const crate = `${name}-${version}`
    const folder = registries.map((registry) => join(sources, registry, crate)).find(existsSync)
    return folder === undefined ? [] : [{ crate, folder }]
  })
}
