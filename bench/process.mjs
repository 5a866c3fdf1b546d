/** How is another program run and what did it print? */
import { spawn } from 'node:child_process'

/** Runs a program and parses each line of its standard output as JSON; its standard error is passed on. */
export async function runJsonLines(command, args, options = {}) {
  const { stdout } = await run(command, args, options)
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/** Runs a program to its end: what it printed and how long it took on the wall. Throws when it fails. */
export function run(command, args, { allowedCodes = [0], ...options } = {}) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options })
    let stdout = ''
    child.stdout.setEncoding('utf8')
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const wallMs = Number(process.hrtime.bigint() - start) / 1e6
      if (allowedCodes.includes(code)) resolve({ stdout, wallMs })
      else reject(new Error(`${command} ${args.slice(0, 2).join(' ')} ended with ${code}`))
    })
  })
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
