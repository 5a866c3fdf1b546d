/** How are sizes, times and counts spelled for people, and read from them? */
import { OmnigramError } from './errors.js'

const sizeUnits: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Bytes of `8G`, `8GiB`, `2M`, `4096`: powers of 1024. Throws `bad-argument`. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:ib|b)?$/i.exec(text.trim())
  const bytes = match ? Math.floor(Number(match[1]) * sizeUnits[match[2].toLowerCase()]) : Number.NaN
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new OmnigramError('bad-argument', `${JSON.stringify(text)} is not a size such as 512M, 8G or 8GiB.`)
  }
  return bytes
}

/** Milliseconds of `10s`, `500ms`, `2m`, `1h`. Throws `bad-argument`. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim())
  const timeMs = match ? Math.round(Number(match[1]) * timeUnits[match[2]]) : Number.NaN
  if (!Number.isSafeInteger(timeMs) || timeMs < 1) {
    throw new OmnigramError('bad-argument', `${JSON.stringify(text)} is not a time such as 500ms, 10s or 2m.`)
  }
  return timeMs
}

/** An integer in `low..high`. Throws `bad-argument` naming what it was for. */
export function parseInteger(text: string, name: string, low: number, high: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    throw new OmnigramError('bad-argument', `${name} is ${JSON.stringify(text)}, not an integer in ${low}..${high}.`)
  }
  return value
}

/** `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let value = bytes
  let at = 0
  while (value >= 1024 && at < names.length - 1) {
    value /= 1024
    at += 1
  }
  return at === 0 ? `${value} B` : `${value.toFixed(value < 10 ? 2 : 1)} ${names[at]}`
}

/** `1,234,567`, in every locale alike. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1h 02m`, `3m 20s`, `4.2s`, `350ms`. */
export function formatDuration(timeMs: number): string {
  if (timeMs < 1_000) return `${Math.round(timeMs)}ms`
  if (timeMs < 60_000) return `${(timeMs / 1_000).toFixed(1)}s`
  const seconds = Math.round(timeMs / 1_000)
  const pad = (value: number) => String(value).padStart(2, '0')
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`
  return `${Math.floor(seconds / 3_600)}h ${pad(Math.floor((seconds % 3_600) / 60))}m`
}
