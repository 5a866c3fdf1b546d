/** How is a command of the tests run, shown while it runs, and read at the end? */
import { spawn } from 'node:child_process'
import { root } from '../setup/paths.mjs'

/** The exit status and the standard output of a command; both its streams are shown as they come. */
export function runShown(title, command, args, environment = {}) {
  process.stdout.write(`\n== ${title}: ${[command, ...args].join(' ')}\n`)
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8')
    child.stdout.on('data', (text) => {
      output += text
      process.stdout.write(text)
    })
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`)
      resolve({ status: 1, output })
    })
    child.on('close', (status) => resolve({ status: status ?? 1, output }))
  })
}
