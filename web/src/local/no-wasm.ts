/** What stands in for the core where the pages were built without it. */

export default function lack(): never {
  throw new Error('these pages were built without the browser module (npm run build:wasm)')
}
