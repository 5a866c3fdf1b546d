/** How is one step of set-up run and shown? */
import { spawn } from 'node:child_process'
import { exitCodes, SetupFailure } from './failure.mjs'
import { root } from './paths.mjs'

const reminderMs = 15_000

/**
 * Runs a command with its output held back, says on stderr what runs and how long it took, and shows the output when it fails.
 * Without a terminal a line every 15 s says that it goes on.
 */
export async function runStep(title, command, args, { exitCode = exitCodes.internal, environment = {} } = {}) {
  const startMs = performance.now()
  const seconds = () => ((performance.now() - startMs) / 1000).toFixed(1)
  process.stderr.write(`${title} …\n`)
  const reminder = setInterval(() => process.stderr.write(`${title} … ${seconds()} s\n`), reminderMs)
  try {
    const { status, output } = await runQuietly(command, args, environment)
    if (status !== 0) {
      process.stderr.write(output)
      throw new SetupFailure(`${title}: failed after ${seconds()} s (${[command, ...args].join(' ')}).`, exitCode)
    }
  } finally {
    clearInterval(reminder)
  }
  process.stderr.write(`${title}: done in ${seconds()} s\n`)
}

function runQuietly(command, args, environment) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stop = () => child.kill()
    process.once('exit', stop)
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    const finish = (status, message) => {
      process.off('exit', stop)
      resolve({ status, output: `${Buffer.concat(chunks)}${message}` })
    }
    child.on('error', (error) => finish(1, `${error.message}\n`))
    child.on('close', (status) => finish(status ?? 1, ''))
  })
}
