/**
 * How is the browser module built? `cargo` compiles the core, `wasm-glue` writes its JavaScript, `wasm-opt` makes it small:
 * the steps of wasm-pack without a download. `--laws` builds the module of the tests, with the laws of the core inside.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { exitCodes, runScript, SetupFailure } from './setup/failure.mjs'
import { root } from './setup/paths.mjs'

const triple = 'wasm32-unknown-unknown'
const target = `${root}/native/target`
/** What browsers of the last years have; wider vectors make nothing here faster. */
const features = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals']

await runScript(() => {
  const isForLaws = process.argv.includes('--laws')
  const cargo = ['--manifest-path', `${root}/native/Cargo.toml`, '-p', 'fmindex-wasm', '--target', triple]
  run('cargo', ['build', ...cargo, '--profile', 'wasm', ...(isForLaws ? ['--features', 'laws'] : [])])
  // A folder of its own: the workspace's cargo would take it for one of its own programs.
  const glueTarget = `${target}/wasm-glue`
  run('cargo', ['build', '--manifest-path', `${root}/native/wasm-glue/Cargo.toml`, '--target-dir', glueTarget])
  const output = `${root}/native/fmindex-wasm/${isForLaws ? 'laws' : 'pkg'}`
  /** The module before it was made small, and after: it is the same for all kinds. */
  let [made, small] = [Buffer.alloc(0), Buffer.alloc(0)]
  for (const kind of ['web', 'nodejs']) {
    const folder = `${output}/${kind}`
    const unfinished = `${folder}.tmp`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    run(`${glueTarget}/debug/wasm-glue`, [`${target}/${triple}/wasm/fmindex_wasm.wasm`, kind, unfinished])
    const module = `${unfinished}/fmindex_wasm_bg.wasm`
    const bytes = readFileSync(module)
    if (!bytes.equals(made)) {
      const enabled = features.map((feature) => `--enable-${feature}`)
      run(process.execPath, [`${root}/node_modules/binaryen/bin/wasm-opt`, '-Oz', ...enabled, module, '-o', module])
      made = bytes
      small = readFileSync(module)
    }
    writeFileSync(module, small)
    if (kind === 'nodejs') writeFileSync(`${unfinished}/package.json`, '{ "type": "commonjs" }\n')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    for (const name of ['fmindex_wasm.js', 'fmindex_wasm.d.ts', 'fmindex_wasm_bg.wasm', 'package.json']) {
      if (name !== 'package.json' || kind === 'nodejs') copyFileSync(`${unfinished}/${name}`, `${folder}/${name}`)
    }
    rmSync(unfinished, { recursive: true })
  }
})

function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status === 0) return
  const reason = error ? error.message : `it ended with ${status}`
  throw new SetupFailure(`The browser module was not built: ${program}: ${reason}`, exitCodes.internal)
}
