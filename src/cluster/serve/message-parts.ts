/** How does a message travel that is larger than a broker takes? In parts, put together in whichever order they come. */
import { headers, type MsgHdrs } from '@nats-io/transport-node'

/** Half of what a broker takes by default, headers apart. */
export const partBytes = 512 * 1024

/** Of one message: twice what an answer may hold. */
const maxParts = 128

/** The message in parts, each with what tells its place; a short one as it is. */
export function* splitMessage(message: Uint8Array): Generator<{ part: Uint8Array; partHeaders: MsgHdrs | undefined }> {
  const parts = Math.ceil(message.length / partBytes)
  if (parts <= 1) {
    yield { part: message, partHeaders: undefined }
    return
  }
  for (let number = 0; number < parts; number++) {
    const partHeaders = headers()
    partHeaders.set('part', `${number}/${parts}`)
    yield { part: message.subarray(number * partBytes, (number + 1) * partBytes), partHeaders }
  }
}

/** Puts one message together. */
export class MessageParts {
  readonly #parts: (Uint8Array | undefined)[] = []
  #missing: number | null = null

  /** The whole message when this was the last part that was missing; else null. A part that comes twice counts once. */
  add(part: Uint8Array, partHeaders: MsgHdrs | undefined): Uint8Array | null {
    const place = /^(\d+)\/(\d+)$/.exec(partHeaders?.get('part') ?? '')
    if (!place) return part
    const [number, parts] = [Number(place[1]), Number(place[2])]
    if (parts > maxParts || number >= parts) return null
    this.#missing ??= parts
    if (this.#parts[number] === undefined) {
      // The buffer of the connection is used again.
      this.#parts[number] = Uint8Array.from(part)
      this.#missing -= 1
    }
    return this.#missing === 0 ? Buffer.concat(this.#parts as Uint8Array[]) : null
  }
}
