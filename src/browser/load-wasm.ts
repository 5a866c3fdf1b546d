/** Where does the compiled core come from? Loaded once a thread. */
import * as wasm from '#wasm'

let loading: Promise<typeof wasm> | null = null

export function loadWasm(): Promise<typeof wasm> {
  loading ??= load()
  return loading
}

async function load(): Promise<typeof wasm> {
  // What is built for Node has compiled itself. The address stands here for bundlers, which put the file where it says.
  const module = new URL('../../native/fmindex-wasm/pkg/web/fmindex_wasm_bg.wasm', import.meta.url)
  if (typeof wasm.default === 'function') await wasm.default({ module_or_path: module })
  return wasm
}
