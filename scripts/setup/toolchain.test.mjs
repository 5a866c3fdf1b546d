import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { root } from './paths.mjs'

const call = `
  const { runScript } = await import('${root}/scripts/setup/failure.mjs')
  const { checkCompilers } = await import('${root}/scripts/setup/toolchain.mjs')
  await runScript(checkCompilers)
`

it('says in one line what is missing and how to get it', () => {
  const args = ['--input-type=module', '-e', call]
  const { status, stderr } = spawnSync(process.execPath, args, { env: { PATH: '/nowhere' }, encoding: 'utf8' })
  expect(status).toBe(5)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(/rustc 1\.\d+ or newer \(https:\/\/rustup\.rs\), and cargo .*, and a C compiler, cc \(apt-get/)
})

it('is content with what the checkout is built with', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', call], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
})

it('the command line says that Node is missing', () => {
  const { status, stderr } = spawnSync('/bin/sh', [`${root}/omnigram`], { env: { PATH: '/nowhere' }, encoding: 'utf8' })
  expect([status, stderr.trimEnd().split('\n').length]).toEqual([5, 1])
  expect(stderr).toContain('https://nodejs.org')
})
