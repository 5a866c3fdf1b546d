/** How does set-up say that it cannot go on? */

/** Exit codes as in src/core/errors.ts, which cannot be imported before it is built. */
export const exitCodes = { unavailable: 5, internal: 70, interrupted: 130 }

/** A failure that one line explains. */
export class SetupFailure extends Error {
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a script's main function; a {@link SetupFailure} ends the process with its line and its exit code. */
export async function runScript(main) {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exitCode
  }
}
