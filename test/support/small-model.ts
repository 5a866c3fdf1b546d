/** Where is the small language model that tests use, and its tokenizer? */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(process.env.OMNIGRAM_MODELS ?? join(root, '.omnigram/models'), 'smollm2-135m-instruct-q4_1')

export const modelPath = join(folder, 'model.gguf')
export const tokenizerPath = join(folder, 'tokenizer.json')

const advice = 'node scripts/setup-test-tools.mjs fetches it, or OMNIGRAM_MODELS names its folder'

/** Why a test with the model, or with its tokenizer, cannot run; null where it can. */
export const modelLack = existsSync(modelPath) ? null : `${modelPath} is not there: ${advice}`
export const tokenizerLack = existsSync(tokenizerPath) ? null : `${tokenizerPath} is not there: ${advice}`
