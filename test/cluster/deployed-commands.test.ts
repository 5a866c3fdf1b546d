/** Does the command line take what the samples of `deploy/` and `compose.yaml` run? */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fillIn, parseCommand } from '../support/parse-command.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const systemdDir = join(root, 'deploy/systemd')
const scratch = mkdtempSync(join(tmpdir(), 'omnigram-deployed-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function readYaml(path: string): unknown {
  return parse(readFileSync(join(root, path), 'utf8'), { merge: true })
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly image: string; readonly command: readonly string[] }>>
}

interface KubernetesJob {
  readonly spec: {
    readonly completions: number
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly args: readonly string[] }] } }
  }
}

describe('the samples for operators', () => {
  const { services } = readYaml('compose.yaml') as Compose
  const own = Object.entries(services).filter(([, { image }]) => image.startsWith('omnigram'))

  it('are there', () => {
    expect(own.map(([name]) => name)).toEqual(['plan', 'worker', 'build', 'shard-0', 'shard-1', 'shard-2', 'router'])
  })

  it.each(own)('compose.yaml: %s', async (name, { command }) => {
    const { verb, flags } = await parseCommand(command)
    const [kind, place] = name.split('-')
    const verbs: Readonly<Record<string, string>> = { build: 'cluster build', shard: 'shard-server', router: 'serve' }
    expect(verb).toBe(verbs[kind] ?? kind)
    if (kind === 'shard') expect(flags).toMatchObject({ index: Number(place), of: own.length - 4 })
  })

  it.each(readdirSync(systemdDir))('systemd: %s', async (file) => {
    const unit = readFileSync(join(systemdDir, file), 'utf8')
    const [, command] = /^ExecStart=\/usr\/local\/bin\/omnigram (.*)$/m.exec(unit) ?? []
    const { verb } = await parseCommand((command ?? '').split(' ').map(fillIn))
    expect(['serve', 'shard-server', 'worker']).toContain(verb)
    const operations = readFileSync(join(root, 'docs/operations.md'), 'utf8')
    for (const [, name] of command?.matchAll(/\$\{(\w+)\}/g) ?? []) expect(operations).toContain(`\`${name}\``)
  })

  it('kubernetes: the indexed job', async () => {
    const { spec } = readYaml('deploy/kubernetes/build-job.yaml') as KubernetesJob
    const [{ args }] = spec.template.spec.containers
    const { verb, flags } = await parseCommand(args.map(fillIn))
    expect([verb, flags.index, flags.of]).toEqual(['worker', 0, spec.completions])
  })

  it('slurm: a task of the array', async () => {
    // Stands for the program, and says what it was given.
    const stub = `#!/bin/sh\nprintf '%s\\n' "$@"\n`
    writeFileSync(join(scratch, 'omnigram'), stub, { mode: 0o755 })
    const env = {
      PATH: `${scratch}:${process.env.PATH}`,
      PLAN: '/shared/plan one.json',
      SLURM_ARRAY_TASK_ID: '5',
      SLURM_ARRAY_TASK_MIN: '2',
      SLURM_ARRAY_TASK_COUNT: '8',
      SLURM_CPUS_PER_TASK: '4',
    }
    const said = execFileSync('bash', [join(root, 'deploy/slurm/build.sbatch')], { env, encoding: 'utf8' })
    const { verb, flags } = await parseCommand(said.trimEnd().split('\n'))
    expect(verb).toBe('worker')
    expect(flags).toMatchObject({ plan: '/shared/plan one.json', index: 3, of: 8, threads: 4 })
  })
})
