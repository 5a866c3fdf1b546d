/** Where in the checkout do the scripts work? */
import { fileURLToPath } from 'node:url'

/** The root of the checkout, without a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** What set-up and tests leave behind: stamps, locks, caches, the demo. Never in version control. */
export const stateDir = `${root}/.omnigram`
