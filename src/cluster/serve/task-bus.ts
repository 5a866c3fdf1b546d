/** How do bytes get from a router to one server and back? What must hold, whatever carries them. */

export interface TaskBus {
  /**
   * Asks one server. Aborting the signal tells the server that nobody waits any more.
   *
   * Throws `unreachable-server` at once where nobody listens, `unreachable-broker` while the way there is cut.
   */
  ask(server: string, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
}

/** Answers one request; the signal says that nobody waits any more. */
export type HandleTask = (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>
