/** How does infini-gram mini's structure do? Compiles and runs the harness over Debian's libsdsl-dev. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runJsonLines } from './process.mjs'

const source = fileURLToPath(new URL('./peers/anchor.cpp', import.meta.url))

/** The compiled harness, or null with the reason on stderr when the library or the compiler is missing. */
export function compileAnchor(cacheDir) {
  const binary = join(cacheDir, 'anchor')
  if (existsSync(binary) && statSync(binary).mtimeMs > statSync(source).mtimeMs) return binary
  if (!existsSync('/usr/include/sdsl/suffix_arrays.hpp')) {
    process.stderr.write('The sdsl peer is left out: install it with `apt-get install libsdsl-dev g++`.\n')
    return null
  }
  mkdirSync(cacheDir, { recursive: true })
  const flags = ['-std=c++14', '-O3', '-march=native', '-DNDEBUG']
  execFileSync('g++', [...flags, source, '-lsdsl', '-ldivsufsort', '-ldivsufsort64', '-o', binary], {
    stdio: 'inherit',
  })
  return binary
}

/** Builds the peer's index of a text file without byte 0. */
export async function buildAnchor(binary, textPath, indexPath, scratchDir) {
  mkdirSync(scratchDir, { recursive: true })
  const [result] = await runJsonLines(binary, ['build', textPath, indexPath, scratchDir])
  return result
}

export function queryAnchor(binary, indexPath, workloadPath) {
  return runJsonLines(binary, ['query', indexPath, workloadPath])
}

/** Pages of 4 KiB that a count of 50 bytes touches. */
export async function countAnchorPages(binary, indexPath, workloadPath) {
  const [result] = await runJsonLines(binary, ['pages', indexPath, workloadPath])
  return result
}
