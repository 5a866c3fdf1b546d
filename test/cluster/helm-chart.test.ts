import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fillIn, parseCommand } from '../support/parse-command.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const chart = join(root, 'deploy/helm')
const helm = join(process.env.OMNIGRAM_TOOLS ?? join(root, '.omnigram/tools'), 'helm')
const lack = existsSync(helm) ? null : `${helm} is not there: node scripts/setup-test-tools.mjs builds it`

const needed = { 'store.address': 's3://bucket/corpus', 'nats.url': 'nats://broker:4222' }

interface Manifest {
  readonly spec?: {
    readonly template?: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } }
  }
}

/** The manifests as text, by kind and name. */
function render(values: Readonly<Record<string, string>>): Map<string, string> {
  const sets = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const args = ['template', 'release', chart, '--kube-version', '1.30.0', ...sets]
  const output = execFileSync(helm, args, { encoding: 'utf8', stdio: 'pipe' })
  return new Map(
    output
      .split(/^---$/m)
      .filter((text) => text.trim() !== '')
      .map((text) => [`${/^kind: (.*)$/m.exec(text)?.[1]} ${/^ {2}name: (.*)$/m.exec(text)?.[1]}`, text]),
  )
}

describe('the Helm chart', () => {
  beforeEach((context) => {
    if (lack !== null) context.skip(lack)
  })

  it('passes the lint', () => {
    const args = ['lint', '--strict', chart, '--set', 'store.address=s3://b/c', '--set', 'nats.url=nats://n:4222']
    expect(execFileSync(helm, args, { encoding: 'utf8', stdio: 'pipe' })).toContain('0 chart(s) failed')
  })

  it('makes shard servers that know which one they are, and routers', () => {
    const manifests = render(needed)
    expect([...manifests.keys()].sort()).toEqual([
      'Deployment release-router',
      'PodDisruptionBudget release-shards',
      'Service release',
      'Service release-shards',
      'StatefulSet release-shards',
    ])
    const shards = manifests.get('StatefulSet release-shards') ?? ''
    expect(shards).toContain("metadata.labels['apps.kubernetes.io/pod-index']")
    expect(shards).toMatch(/- --index=\$\(OMNIGRAM_INDEX\)\n\s+- --of=3\n\s+- --replicas=2/)
    expect(manifests.get('Deployment release-router')).toMatch(/path: \/readyz/)
  })

  it('makes workers of a queue or an indexed job', () => {
    const built = { ...needed, 'corpus.existingClaim': 'corpus', 'build.workers': '5' }
    const queue = render({ ...built, 'build.mode': 'queue' }).get('Deployment release-worker')
    expect(queue).toMatch(/replicas: 5\n[\s\S]*--nats=\$\(OMNIGRAM_NATS\)/)
    const job = render({ ...built, 'build.mode': 'job', 'build.planConfigMap': 'plan' }).get('Job release-worker')
    expect(job).toMatch(/completions: 5\n {2}parallelism: 5\n[\s\S]*--of=5/)
  })

  it('gives no pod more rights than it needs, and keeps passwords out of the manifests', () => {
    const values = {
      ...needed,
      'nats.url': '',
      'nats.existingSecret': 'broker',
      'store.existingSecret': 'store',
      'build.mode': 'queue',
      'corpus.existingClaim': 'corpus',
    }
    for (const [name, text] of render(values)) {
      if (!/^(Deployment|StatefulSet|Job)/.test(name)) continue
      for (const rule of [
        'runAsNonRoot: true',
        'readOnlyRootFilesystem: true',
        'allowPrivilegeEscalation: false',
        'drop: [ALL]',
        'automountServiceAccountToken: false',
        'limits:',
      ]) {
        expect([name, text.includes(rule)]).toEqual([name, true])
      }
      expect(text).toMatch(/secretRef:/)
      expect(text).toContain('name: "broker", key: OMNIGRAM_NATS')
    }
  })

  it('runs what the command line takes', async () => {
    const built = { ...needed, 'corpus.existingClaim': 'corpus' }
    const rendered = [
      ...render({ ...built, 'build.mode': 'queue' }).values(),
      ...render({ ...built, 'build.mode': 'job', 'build.planConfigMap': 'plan' }).values(),
    ]
    const manifests = rendered.map((text) => parse(text) as Manifest)
    const containers = manifests.flatMap(({ spec }) => spec?.template?.spec.containers ?? [])
    const commands = await Promise.all(containers.map(({ args }) => parseCommand(args.map(fillIn))))
    expect(new Set(commands.map(({ verb }) => verb))).toEqual(new Set(['serve', 'shard-server', 'worker']))
    expect(commands.filter(({ verb }) => verb === 'worker').map(({ flags }) => 'plan' in flags)).toEqual([false, true])
  })

  it.each([
    ['store.address', { 'nats.url': 'nats://n:4222' }],
    ['nats.url', { 'store.address': 's3://b/c' }],
    ['corpus.existingClaim', { ...needed, 'build.mode': 'queue' }],
    ['more than the', { ...needed, 'shardServers.count': '1' }],
    ['none, queue and job', { ...needed, 'build.mode': 'other' }],
  ])('says what is missing: %s', (words, values) => {
    expect(() => render(values)).toThrow(words)
  })
})
