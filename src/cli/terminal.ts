/** Where do results and remarks go, and may they be coloured? Results on standard output, all else on standard error. */
import { once } from 'node:events'
import type { Writable } from 'node:stream'

export interface TerminalOptions {
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly isRaw: boolean
  /** Progress although standard error is not a terminal. */
  readonly forceProgress: boolean
}

/** Writes one line of results, wherever the user wants it. */
export type WriteLine = (line: string) => Promise<void>

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36, match: '1;31' } as const

export type Style = keyof typeof styles

export class Terminal {
  /** Of {@link showLines}. */
  #shownLines = 0
  readonly hasColour: boolean
  readonly hasProgress: boolean

  constructor(
    private readonly stdout: Writable & { isTTY?: boolean },
    private readonly stderr: Writable & { isTTY?: boolean; columns?: number },
    readonly options: TerminalOptions,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    const isPlain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'
    this.hasColour = stdout.isTTY === true && !isPlain && !options.isJson
    this.hasProgress = !options.isQuiet && (stderr.isTTY === true || options.forceProgress)
  }

  /** Writes a result, waiting while the reader is slow. */
  async write(text: string): Promise<void> {
    if (!this.stdout.write(text)) await once(this.stdout, 'drain')
  }

  async writeLine(text: string): Promise<void> {
    await this.write(`${text}\n`)
  }

  async writeJson(value: unknown): Promise<void> {
    await this.writeLine(JSON.stringify(value))
  }

  /** A remark for a person. */
  note(text: string): void {
    if (!this.options.isQuiet) this.stderr.write(`${text}\n`)
  }

  /** What must not be overlooked, however quiet it is. */
  warn(text: string): void {
    this.stderr.write(`${text}\n`)
  }

  /** Rewrites the progress line in place. */
  showProgress(line: string): void {
    if (!this.hasProgress) return
    this.stderr.write(this.stderr.isTTY ? `\r\x1b[2K${line}` : `${line}\n`)
  }

  clearProgress(): void {
    if (this.hasProgress && this.stderr.isTTY) this.stderr.write('\r\x1b[2K')
  }

  /** Lines that grow, in place of those shown before; cut on the left to the width of the terminal, since they grow on the right. */
  showLines(lines: readonly string[]): void {
    if (!this.hasProgress || !this.stderr.isTTY) return
    const up = this.#shownLines > 0 ? `\x1b[${this.#shownLines}A` : ''
    const width = Math.max(10, (this.stderr.columns ?? 80) - 1)
    this.stderr.write(`${up}\r\x1b[J${lines.map((line) => `${cutLeft(line, width)}\n`).join('')}`)
    this.#shownLines = lines.length
  }

  /** The same without colours, for results that go to a file. */
  withoutColour(): Terminal {
    return new Terminal(this.stdout, this.stderr, this.options, { NO_COLOR: '1' })
  }

  style(style: Style, text: string): string {
    return this.hasColour ? `\x1b[${styles[style]}m${text}\x1b[0m` : text
  }

  /** A document: as it is into a file or pipe, made visible line by line on a terminal. */
  showDocument(text: string): string {
    if (this.options.isRaw || this.stdout.isTTY !== true) return text
    return makeLinesVisible(text)
  }

  /** Corpus text for a person's eyes: control characters and bidi overrides are shown, not obeyed. */
  showText(text: string): string {
    return this.options.isRaw ? text : makeVisible(text)
  }
}

/** Its end, where it is longer than so many code points; colours are left out of account. */
function cutLeft(line: string, width: number): string {
  const plain = [...line.replace(/\x1b\[[\d;]*m/g, '')]
  return plain.length <= width ? line : `…${plain.slice(1 - width).join('')}`
}

// Controls but none of the visible ones, and the characters that reorder or hide text.
const hidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text of several lines with what is hidden shown, but for line breaks and tabs. */
export function makeLinesVisible(text: string): string {
  return text.replace(/[^\n\t]+/g, makeVisible)
}

/** Control characters as pictures (`␛`, `␤`) or `\u{…}`, one line. */
export function makeVisible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    if (code === 0x7f) return '␡'
    return `\\u{${code.toString(16)}}`
  })
}
