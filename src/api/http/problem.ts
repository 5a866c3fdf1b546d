/** How does an error look over HTTP? A problem of RFC 9457, made from the one table of errors. */
import { z } from 'zod'
import { type ErrorCode, errorKinds, type OmnigramError } from '../../core/errors.js'

export const problemMediaType = 'application/problem+json'

export const problemSchema = z
  .object({
    type: z.string().describe('Relative address of a page about this kind of problem.'),
    title: z.string().describe('What happened.'),
    status: z.number().int(),
    code: z.string().describe('Name of the kind; it never changes, so programs may go by it.'),
    detail: z.string().describe('What was seen, where, and what would have been accepted.'),
    hint: z.string().describe('What to do about it.'),
    retryable: z.boolean().describe('Whether the same request may work later.'),
    requestId: z.string().describe('Name it when you report the problem.'),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problemSchema>

/** The problem that `error` is. What went wrong inside the server is not told: the log has it under the request id. */
export function toProblem(error: OmnigramError, requestId: string): Problem {
  const { status, title, hint, retryable } = error.kind
  const detail = error.code === 'internal' ? 'The log of the server has it under the request id.' : error.detail
  return { type: problemAddress(error.code), title, status, code: error.code, detail, hint, retryable, requestId }
}

function problemAddress(code: ErrorCode): string {
  return `/problems/${code}`
}

/** Status of the problems that any address may answer with. */
export const commonProblems = [
  'bad-argument',
  'unauthorized',
  'forbidden',
  'not-acceptable',
  'rate-limited',
  'cancelled',
  'internal',
  'overloaded',
  'incomplete-answer',
  'io-failure',
  'deadline-exceeded',
] as const satisfies readonly ErrorCode[]

/** Codes by status, as OpenAPI lists answers by status. */
export function groupByStatus(codes: Iterable<ErrorCode>): Map<number, ErrorCode[]> {
  const groups = new Map<number, ErrorCode[]>()
  for (const code of new Set(codes)) {
    const { status } = errorKinds[code]
    groups.set(status, [...(groups.get(status) ?? []), code])
  }
  return groups
}
