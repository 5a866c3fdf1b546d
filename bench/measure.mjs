/** How long did it take, and how much of all threads? */

/** Wall and CPU milliseconds of `work`, and what it answered. */
export async function measure(work) {
  const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { result, wallMs: Number(process.hrtime.bigint() - start) / 1e6, cpuMs: (user + system) / 1e3 }
}

/** One row of a record out of several measurements of the same kind. */
export function sumUpTimes(name, times) {
  const wall = times.map(({ wallMs }) => wallMs).sort((a, b) => a - b)
  const cpuMs = times.reduce((sum, time) => sum + time.cpuMs, 0) / times.length
  return { name, rounds: wall.length, medianMs: wall[wall.length >> 1], maxMs: wall[wall.length - 1], cpuMs }
}

export function printTimes(rows) {
  for (const { name, medianMs, maxMs, cpuMs } of rows) {
    const times = [medianMs, maxMs, cpuMs].map((ms) => ms.toFixed(1).padStart(11)).join('')
    process.stdout.write(`${name.padEnd(56)}${times}  (median, longest, CPU; ms)\n`)
  }
}
