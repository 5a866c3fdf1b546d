/** How does a broker look over a bad network? A relay that delays, cuts, drops, repeats and reorders messages. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** `swap`: the message comes after the one that follows it; a number: so many milliseconds after those that follow. */
export type MessageFault = 'drop' | 'repeat' | 'swap' | number | null

/** Asked once for each message that goes either way, by its subject and what is in it, headers included. */
export type ChooseMessageFault = (subject: string, payload: string) => MessageFault

/** A message that waits for the next one goes on alone after so long. */
const swapMs = 30

export class FaultyLink {
  /** Of each message, one way. */
  delayMs = 0
  chooseFault: ChooseMessageFault = () => null
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #held: (() => void)[] = []
  #isCut = false

  private constructor(targetPort: number) {
    this.#server = createServer((near) => {
      const far = connect(targetPort, '127.0.0.1')
      // Or the kernel would wait with small messages.
      for (const socket of [near, far]) socket.setNoDelay(true)
      this.#relay(near, far)
      this.#relay(far, near)
    })
  }

  /** Listens on a free port of loopback and hands on to another one. */
  static async start(targetPort: number): Promise<FaultyLink> {
    const link = new FaultyLink(targetPort)
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve))
    return link
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Nothing comes through any more, and nobody is told: as when a network is parted. */
  cut(): void {
    this.#isCut = true
  }

  /** What was on the way comes now, as TCP would send it again. */
  mend(): void {
    this.#isCut = false
    for (const send of this.#held.splice(0)) send()
  }

  /** Breaks all connections. */
  reset(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.reset()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #relay(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    const frames = new FrameReader()
    let lastAtMs = 0
    let waiting: { frame: Buffer; timer: NodeJS.Timeout } | null = null
    const write = (frame: Buffer) => {
      const send = () => {
        if (this.#isCut) this.#held.push(send)
        else if (!to.destroyed) to.write(frame)
      }
      // One after the other, also where the delay has become shorter.
      lastAtMs = Math.max(lastAtMs, performance.now() + this.delayMs)
      const waitMs = lastAtMs - performance.now()
      if (waitMs < 1) send()
      else setTimeout(send, waitMs)
    }
    const release = () => {
      if (waiting === null) return
      clearTimeout(waiting.timer)
      write(waiting.frame)
      waiting = null
    }
    const pass = ({ frame, subject, payload }: Frame) => {
      const fault = subject === null ? null : this.chooseFault(subject, payload)
      if (fault === 'drop') return
      if (typeof fault === 'number') {
        setTimeout(() => write(frame), fault)
        return
      }
      if (fault === 'swap' && waiting === null) {
        waiting = { frame, timer: setTimeout(release, swapMs) }
        return
      }
      write(frame)
      if (fault === 'repeat') write(frame)
      release()
    }
    from.on('data', (chunk) => {
      for (const frame of frames.add(chunk)) pass(frame)
    })
    from.on('error', () => undefined)
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}

interface Frame {
  readonly frame: Buffer
  /** Null for what is no message. */
  readonly subject: string | null
  /** Empty for what is no message. */
  readonly payload: string
}

const lineEnd = Buffer.from('\r\n')

/** Cuts a stream into the frames of the NATS protocol: lines, of which those of messages have a payload behind them. */
class FrameReader {
  #buffer: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): Frame[] {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
    const frames: Frame[] = []
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame)
    return frames
  }

  #next(): Frame | null {
    const end = this.#buffer.indexOf(lineEnd)
    if (end < 0) return null
    const words = this.#buffer.toString('latin1', 0, end).split(/\s+/)
    const isMessage = /^H?(PUB|MSG)$/i.test(words[0])
    const frameBytes = end + 2 + (isMessage ? Number(words.at(-1)) + 2 : 0)
    if (this.#buffer.length < frameBytes) return null
    const frame = this.#buffer.subarray(0, frameBytes)
    this.#buffer = this.#buffer.subarray(frameBytes)
    const payload = isMessage ? frame.toString('latin1', end + 2, frameBytes - 2) : ''
    return { frame, subject: isMessage ? words[1] : null, payload }
  }
}
