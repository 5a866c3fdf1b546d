/** What does a program do whose clock is set by an hour, to and fro, while it runs? Loaded before it by `--import`. */
const hourMs = 3_600_000
const offsetsMs = [0, hourMs, 0, -hourMs]
const jumpEveryMs = 400

const startedAtMs = performance.now()
const realNow = Date.now.bind(Date)

function now() {
  const jumps = Math.floor((performance.now() - startedAtMs) / jumpEveryMs)
  return realNow() + offsetsMs[jumps % offsetsMs.length]
}

const RealDate = Date

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(now())
    else super(...parts)
  }

  static now() {
    return now()
  }
}
