/** `omnigram traps detect`: did a model see the traps? */
import { version } from '../api/version.js'
import { OmnigramError } from '../core/errors.js'
import { type Detection, detectMembership } from '../traps/detection/detect-membership.js'
import { findContexts } from '../traps/detection/find-contexts.js'
import type { TextScores } from '../traps/detection/membership-scores.js'
import { describeSeparation, nameGroup, renderDetection } from '../traps/detection/render-detection.js'
import { formatScores, parseScores } from '../traps/detection/score-file.js'
import { scoreTraps } from '../traps/detection/score-traps.js'
import type { TrapScorer } from '../traps/detection/trap-scorer.js'
import type { Trap } from '../traps/trap.js'
import { readBoundedFile } from './contamination-files.js'
import { prepareFile, writeWhole } from './result-file.js'
import { readRegistryFile, withIndexes } from './traps-files.js'
import { namesScorer, readReferenceFlags, readTargetFlags, withScorer } from './traps-scorers.js'
import { numberFlag, textArg, textFlag, type VerbCall } from './verb.js'

/** What was scored, and by whom. */
interface Scored {
  readonly scores: ReadonlyMap<string, TextScores>
  readonly model: string | null
  readonly reference: string | null
}

export async function run(call: VerbCall): Promise<number> {
  const { flags, terminal } = call
  const [html, kept] = ['html', 'saveScores'].map((name) => textFlag(flags, name))
  const traps = await readRegistryFile(textArg(call, 0))
  await prepareFile(html)
  await prepareFile(kept)
  const { scores, model, reference } = await readScores(call, traps)
  terminal.clearProgress()
  if (kept !== undefined) await writeWhole(kept, [...scores].map(([trap, of]) => formatScores(trap, of)).join(''))
  const seed = numberFlag(flags, 'seed') ?? 0
  const detections = detectMembership(traps, scores, seed)
  if (html !== undefined) {
    await writeWhole(html, renderDetection({ model, reference, seed, detections, program: version }))
  }
  if (terminal.options.isJson) for (const detection of detections) await terminal.writeJson(detection)
  else await writeTable(call, detections)
  return 0
}

async function writeTable({ terminal }: VerbCall, detections: readonly Detection[]): Promise<void> {
  const heads = 'traps  controls  AUC    95 % interval    TPR at 1 % FPR  p'
  await terminal.writeLine(`${'score'.padEnd(20)}${'group'.padEnd(24)}${heads}`)
  for (const { score, groups } of detections) {
    for (const group of groups) {
      const { members, nonMembers, auc, aucInterval, tprAt1PercentFpr, pValue } = group
      const numbers = `${String(members).padStart(5)}${String(nonMembers).padStart(10)}  ${auc.toFixed(3)}`
      const interval = aucInterval.map((end) => end.toFixed(3)).join(' to ')
      await terminal.writeLine(
        `${score.padEnd(20)}${nameGroup(group).padEnd(24)}${numbers}  ${interval}   ${tprAt1PercentFpr.toFixed(3).padEnd(14)}  ${pValue.toFixed(4)}`,
      )
    }
  }
  for (const { score, groups } of detections) {
    const [all] = groups
    if (all !== undefined) terminal.note(`${score}: ${describeSeparation(all)}`)
  }
}

/** From `--scores`, or of the models that are named. */
async function readScores(call: VerbCall, traps: readonly Trap[]): Promise<Scored> {
  const { flags } = call
  const [file, target, reference] = [textFlag(flags, 'scores'), readTargetFlags(flags), readReferenceFlags(flags)]
  if (file !== undefined) {
    if (namesScorer(target) || namesScorer(reference)) {
      throw new OmnigramError('bad-argument', 'Scores come from a file or of models, not of both.')
    }
    return { scores: parseScores(String(await readBoundedFile(file)), file), model: null, reference: null }
  }
  if (!namesScorer(target)) {
    const ways = '--model FILE --tokenizer FILE, --ngrams INDEX, or --endpoint URL --endpoint-model NAME'
    throw new OmnigramError('bad-argument', `Give --scores FILE, or a model: ${ways}.`)
  }
  const contexts = await readContexts(call, traps)
  return withScorer(call, target, (scorer) =>
    namesScorer(reference)
      ? withScorer(call, reference, (other) => scoreAll(call, traps, scorer, other, contexts))
      : scoreAll(call, traps, scorer, undefined, contexts),
  )
}

async function scoreAll(
  { terminal, signal }: VerbCall,
  traps: readonly Trap[],
  target: TrapScorer,
  reference: TrapScorer | undefined,
  contexts: ReadonlyMap<string, string> | undefined,
): Promise<Scored> {
  const onTrap = (done: number) => terminal.showProgress(`${done} of ${traps.length} traps scored`)
  const scores = await scoreTraps(traps, target, { reference, contexts, signal, onTrap })
  return { scores, model: target.name, reference: reference?.name ?? null }
}

async function readContexts(call: VerbCall, traps: readonly Trap[]): Promise<ReadonlyMap<string, string> | undefined> {
  const { flags, signal } = call
  const index = textFlag(flags, 'contextFrom')
  if (index === undefined) return undefined
  const [words, seed] = [numberFlag(flags, 'contextWords') ?? 50, numberFlag(flags, 'seed') ?? 0]
  return withIndexes(call, [index], async ([reader]) => findContexts(reader, traps, { words, seed, signal }))
}
