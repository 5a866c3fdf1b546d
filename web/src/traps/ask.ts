/** What does the trap page ask the server? */
import { callServer } from '../server/call-server.ts'
import type { TrapJobAnswer, TrapResult, TrapTask } from './answers.ts'

const root = '/v1/traps/jobs'

export interface TrapOrder {
  readonly task: TrapTask
  readonly indexes: readonly string[]
  readonly leaks: boolean
  readonly replaced: number
  readonly method: 'substring' | 'line'
  readonly length: number
  readonly keepFirst: boolean
}

/** The lines of the registry, and of a detection those of the scores behind them. */
export function addJob({ task, indexes, ...rest }: TrapOrder, lines: string): Promise<TrapJobAnswer> {
  const params = new URLSearchParams({ task })
  if (indexes.length > 0) params.set('indexes', indexes.join())
  if (task === 'presence') params.set('leaks', String(rest.leaks))
  if (task === 'neighbours') params.set('replaced', String(rest.replaced))
  if (task === 'survival') {
    params.set('method', rest.method)
    params.set('length', String(rest.length))
    params.set('keepFirst', String(rest.keepFirst))
  }
  const headers = { 'content-type': 'application/x-ndjson' }
  return callServer(`${root}?${params}`, { method: 'POST', headers, body: lines })
}

export function jobPath(id: string): string {
  return `${root}/${encodeURIComponent(id)}`
}

export function cancelJob(id: string): Promise<TrapJobAnswer> {
  return callServer(jobPath(id), { method: 'DELETE' })
}

export async function readResult(id: string, signal: AbortSignal): Promise<TrapResult> {
  return (await callServer<{ result: TrapResult }>(`${jobPath(id)}/result`, { signal })).result
}
