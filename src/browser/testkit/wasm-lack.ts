/** Is the browser module there to be tested, and if not, how does one get it? */
import { existsSync } from 'node:fs'

const built = new URL('../../../native/fmindex-wasm/pkg/nodejs/fmindex_wasm.js', import.meta.url)

export const wasmLack = existsSync(built) ? null : 'the browser module is not built: npm run build:wasm'
