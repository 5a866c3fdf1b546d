/** `omnigram traps detect`: did a model see the traps? */
import { OmnigramError } from '../core/errors.js'
import type { TokenScorer } from '../models/language-model.js'
import { detectMembership } from '../traps/detection/detect-membership.js'
import type { TextScores } from '../traps/detection/membership-scores.js'
import { parseScores } from '../traps/detection/score-file.js'
import { encodeText } from '../traps/make/trap-tokenizer.js'
import type { Trap } from '../traps/trap.js'
import { readBoundedFile } from './contamination-files.js'
import { readRegistryFile, withTokenizer } from './traps-files.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const traps = await readRegistryFile(textArg(call, 0))
  const detections = detectMembership(traps, await readScores(call, traps), numberFlag(flags, 'seed') ?? 0)
  terminal.clearProgress()
  if (terminal.options.isJson) {
    for (const detection of detections) await terminal.writeJson(detection)
    return 0
  }
  await terminal.writeLine('score       group             traps  controls  AUC    95 % interval    TPR at 1 % FPR  p')
  for (const { score, groups } of detections) {
    for (const { by, value, members, nonMembers, auc, aucInterval, tprAt1PercentFpr, pValue } of groups) {
      const group = value === null ? by : `${by} ${value}`
      const numbers = `${String(members).padStart(5)}${String(nonMembers).padStart(10)}  ${auc.toFixed(3)}`
      const interval = aucInterval.map((end) => end.toFixed(3)).join(' to ')
      await terminal.writeLine(
        `${score.padEnd(12)}${group.padEnd(18)}${numbers}  ${interval}   ${tprAt1PercentFpr.toFixed(3).padEnd(14)}  ${pValue.toFixed(4)}`,
      )
    }
  }
  return 0
}

/** From `--scores`, or of the model in this process. */
async function readScores(call: VerbCall, traps: readonly Trap[]): Promise<Map<string, TextScores>> {
  const [file, model, tokenizer] = ['scores', 'model', 'tokenizer'].map((name) => textFlag(call.flags, name))
  if (file !== undefined && model === undefined) return parseScores(String(await readBoundedFile(file)), file)
  if (file !== undefined || model === undefined || tokenizer === undefined) {
    throw new OmnigramError('bad-argument', 'Give --scores FILE, or --model FILE --tokenizer FILE.')
  }
  const { openGgufModel } = await import('../models/gguf-model.js')
  const { SessionScorer } = await import('../models/session-scorer.js')
  const scorer = new SessionScorer(model, await openGgufModel(model))
  return withTokenizer(tokenizer, async (pool) => {
    const scores = new Map<string, TextScores>()
    for (const trap of traps) {
      if (call.signal.aborted) throw new OmnigramError('cancelled', 'Not all traps were scored.')
      scores.set(trap.id, { logProbabilities: await scoreTrap(scorer, await encodeText(pool, trap.text), trap) })
      call.terminal.showProgress(`${scores.size} of ${traps.length} traps scored`)
    }
    return scores
  })
}

async function scoreTrap(scorer: TokenScorer, tokens: Uint32Array, { id }: Trap): Promise<Float64Array> {
  if (tokens.length > 0) return scorer.scoreTokens(tokens)
  throw new OmnigramError('bad-input', `The tokenizer has no tokens for ${id}.`)
}
