/** What is to be written, and how does it stand in the address? */
import type { Mode, ModelAnswer } from './answers.ts'

export const draftsPath = '/drafts'

export interface Task {
  /** Null for the first one that the model goes with. */
  readonly index: string | null
  readonly prompt: string
  readonly mode: Mode
  /** Null for what the server takes by default, as are those below. */
  readonly preset: string | null
  readonly isFiltered: boolean
  readonly drafter: string | null
  readonly tokens: number
}

export const tokenSteps = [8, 16, 32, 64, 128]

export const emptyTask: Task = {
  index: null,
  prompt: '',
  mode: 'superposed',
  preset: null,
  isFiltered: true,
  drafter: null,
  tokens: 16,
}

const modes: readonly Mode[] = ['superposed', 'speculative', 'plain']

/** The task of an address; what it does not say is as in {@link emptyTask}. */
export function readTask(search: string): Task {
  const params = new URLSearchParams(search)
  const tokens = Number(params.get('tokens'))
  return {
    index: params.get('index'),
    prompt: params.get('prompt') ?? '',
    mode: modes.find((mode) => mode === params.get('mode')) ?? emptyTask.mode,
    preset: params.get('preset'),
    isFiltered: !params.has('nofilter'),
    drafter: params.get('drafter'),
    tokens: tokenSteps.includes(tokens) ? tokens : emptyTask.tokens,
  }
}

/** The address of a task: only what differs from the empty one. */
export function writeTask({ index, prompt, mode, preset, isFiltered, drafter, tokens }: Task): string {
  const params = new URLSearchParams()
  if (index !== null) params.set('index', index)
  if (prompt !== '') params.set('prompt', prompt)
  if (mode !== emptyTask.mode) params.set('mode', mode)
  if (preset !== null) params.set('preset', preset)
  if (!isFiltered) params.set('nofilter', '1')
  if (drafter !== null) params.set('drafter', drafter)
  if (tokens !== emptyTask.tokens) params.set('tokens', String(tokens))
  const text = params.toString()
  return text === '' ? draftsPath : `${draftsPath}?${text}`
}

/** The index that a task is for: the one it names, or the first that the model goes with; null without a model or such an index. */
export function chooseIndex({ index }: Task, { model, indexes }: ModelAnswer): string | null {
  if (model === null) return null
  const fitting = indexes.filter(({ lack }) => lack === null)
  return (fitting.find(({ name }) => name === index) ?? fitting[0])?.name ?? null
}

/** What the server is asked. */
export function describeTask({ prompt, mode, preset, isFiltered, drafter, tokens }: Task): object {
  const common = { prompt, mode, tokens }
  if (mode === 'superposed') return { ...common, filter: isFiltered, ...(preset !== null && { preset }) }
  if (mode === 'speculative') return { ...common, origins: true, ...(drafter !== null && { drafter }) }
  return common
}
