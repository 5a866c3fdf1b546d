/** Where does the compiled core come from? Loaded once a thread. */
import * as wasm from '#wasm'

let loading: Promise<typeof wasm> | null = null

export function loadWasm(): Promise<typeof wasm> {
  loading ??= load()
  return loading
}

async function load(): Promise<typeof wasm> {
  // What is built for Node has compiled itself.
  if (typeof wasm.default === 'function') await wasm.default()
  return wasm
}
