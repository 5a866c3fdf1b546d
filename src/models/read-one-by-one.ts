/** How are sessions read together by a model that gains nothing from it? */
import type { ModelSession } from './language-model.js'

/** The logits after each session's token, row by row. */
export async function readOneByOne(sessions: readonly ModelSession[], tokens: Uint32Array): Promise<Float32Array> {
  const rows: Float32Array[] = []
  for (const [at, session] of sessions.entries()) rows.push(await session.read(tokens.subarray(at, at + 1)))
  const joined = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0))
  rows.reduce((offset, row) => {
    joined.set(row, offset)
    return offset + row.length
  }, 0)
  return joined
}
