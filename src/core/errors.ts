/** What can go wrong, for whom, and what to do about it: the one table that HTTP problems, exit codes and docs/errors.md come from. */

interface ErrorKind {
  /** HTTP status of the problem. */
  readonly status: number
  /** Exit code of the command line: 2 usage, 3 input, 4 damaged index, 5 unavailable, 70 our fault, 130 stopped by the user. */
  readonly exitCode: 1 | 2 | 3 | 4 | 5 | 70 | 130
  readonly retryable: boolean
  /** One line that says what happened. */
  readonly title: string
  /** One line that says what to do. */
  readonly hint: string
}

export const errorKinds = {
  'bad-argument': {
    status: 400,
    exitCode: 2,
    retryable: false,
    title: 'An argument is not valid.',
    hint: 'See the detail; `omnigram help VERB` or /docs list what is accepted.',
  },
  'bad-pattern': {
    status: 400,
    exitCode: 2,
    retryable: false,
    title: 'The pattern cannot be searched.',
    hint: 'A pattern is UTF-8 text, or token ids where tokens are indexed, within the length limit.',
  },
  'bad-input': {
    status: 400,
    exitCode: 3,
    retryable: false,
    title: 'The input cannot be indexed.',
    hint: 'Mend the named line or file, or the options; without --strict what cannot be read is skipped.',
  },
  'changed-input': {
    status: 409,
    exitCode: 3,
    retryable: false,
    title: 'The input or the options are not those that the stopped build was started with.',
    hint: 'Build again without --resume.',
  },
  'bad-plan': {
    status: 400,
    exitCode: 3,
    retryable: false,
    title: 'The file is not a plan of a build.',
    hint: 'Give a file that `omnigram plan -o` wrote.',
  },
  'incomplete-build': {
    status: 503,
    exitCode: 5,
    retryable: true,
    title: 'Not all shards of the plan could be built.',
    hint: 'See what the named shards failed with, mend it, and run the same command again: what is done is kept.',
  },
  'nondeterministic-build': {
    status: 500,
    exitCode: 70,
    retryable: false,
    title: 'Two builds of one shard made different bytes.',
    hint: 'Report it with both names. A machine with faulty memory, or another version of omnigram, may have built one.',
  },
  'bad-benchmark': {
    status: 400,
    exitCode: 3,
    retryable: false,
    title: 'The benchmark cannot be checked.',
    hint: 'Mend the named line, or name its fields: --field, --answer-field, --layout. docs/contamination.md lists what is read.',
  },
  'bad-report': {
    status: 400,
    exitCode: 3,
    retryable: false,
    title: 'The file is not a contamination report.',
    hint: 'Give a file that `omnigram contamination run -o` wrote.',
  },
  'bad-evidence': {
    status: 400,
    exitCode: 3,
    retryable: false,
    title: 'The evidence does not hold.',
    hint: 'Give a file that `omnigram evidence make` wrote, unchanged, and the index that it names.',
  },
  'unknown-index': {
    status: 404,
    exitCode: 3,
    retryable: false,
    title: 'There is no index of that name.',
    hint: 'GET /v1/indexes lists those that are served; on the command line check the folder.',
  },
  'unknown-document': {
    status: 404,
    exitCode: 3,
    retryable: false,
    title: 'There is no such document.',
    hint: 'Document numbers run from 0 to the number of documents less one; external ids exist where --id-field was given.',
  },
  'hidden-document': {
    status: 410,
    exitCode: 3,
    retryable: false,
    title: 'The document was taken down.',
    hint: 'It is not shown any more; leave it out.',
  },
  'unknown-facet': {
    status: 400,
    exitCode: 2,
    retryable: false,
    title: 'The index has no facet field of that name.',
    hint: '`omnigram inspect` lists the facet fields; they are chosen by --facet-fields at build time.',
  },
  'unknown-route': {
    status: 404,
    exitCode: 2,
    retryable: false,
    title: 'There is nothing at this address.',
    hint: 'See /docs for the addresses that exist.',
  },
  'unknown-report': {
    status: 404,
    exitCode: 3,
    retryable: false,
    title: 'There is no such contamination report, or no such cell or item in it.',
    hint: 'GET /v1/contamination/cells lists what is there.',
  },
  'unknown-check': {
    status: 404,
    exitCode: 3,
    retryable: false,
    title: 'There is no such check.',
    hint: 'Upload the benchmark again: checks are forgotten when they are cancelled or their time has passed.',
  },
  'unfinished-check': {
    status: 409,
    exitCode: 5,
    retryable: true,
    title: 'The check has no report.',
    hint: 'Wait until it is done; of a check that failed upload the benchmark again.',
  },
  'bad-registry': {
    status: 400,
    exitCode: 3,
    retryable: false,
    title: 'The registry of traps, or a file that belongs to it, cannot be used.',
    hint: 'Mend the named line; `omnigram traps make` writes such files.',
  },
  'unknown-job': {
    status: 404,
    exitCode: 3,
    retryable: false,
    title: 'There is no such job.',
    hint: 'Upload the registry again: jobs are forgotten when they are cancelled, an hour after their end, and with the server.',
  },
  'unfinished-job': {
    status: 409,
    exitCode: 5,
    retryable: true,
    title: 'The job has no result.',
    hint: 'Wait until it is done; of a job that failed upload the registry again.',
  },
  'bad-cursor': {
    status: 400,
    exitCode: 2,
    retryable: false,
    title: 'The cursor was not made by this server for this query.',
    hint: 'Start again without a cursor.',
  },
  'stale-cursor': {
    status: 410,
    exitCode: 2,
    retryable: false,
    title: 'The cursor belongs to a generation that is no longer served.',
    hint: 'Start again without a cursor.',
  },
  'damaged-index': {
    status: 503,
    exitCode: 4,
    retryable: false,
    title: 'A file of the index is damaged or missing.',
    hint: 'Run `omnigram verify --deep`, then fetch or build it again.',
  },
  'newer-format': {
    status: 503,
    exitCode: 4,
    retryable: false,
    title: 'The index was written by a newer version.',
    hint: 'Update omnigram.',
  },
  'too-expensive': {
    status: 422,
    exitCode: 2,
    retryable: false,
    title: 'The query would cost more than its budget.',
    hint: 'Make the pattern longer, drop a matching option, or raise the budget.',
  },
  'too-large': {
    status: 413,
    exitCode: 2,
    retryable: false,
    title: 'The request is larger than the limit.',
    hint: 'Send fewer or shorter patterns in one request.',
  },
  'unsupported-media-type': {
    status: 415,
    exitCode: 2,
    retryable: false,
    title: 'The body is in a format that is not spoken here.',
    hint: 'Send application/json or application/vnd.msgpack.',
  },
  'not-acceptable': {
    status: 406,
    exitCode: 2,
    retryable: false,
    title: 'None of the accepted formats can be produced here.',
    hint: 'Accept application/json or application/vnd.msgpack.',
  },
  'method-not-allowed': {
    status: 405,
    exitCode: 2,
    retryable: false,
    title: 'This address does not take that method.',
    hint: 'The Allow header lists the methods it takes.',
  },
  'unauthorized': {
    status: 401,
    exitCode: 2,
    retryable: false,
    title: 'A valid API key is needed.',
    hint: 'Send `Authorization: Bearer KEY`.',
  },
  'forbidden': {
    status: 403,
    exitCode: 2,
    retryable: false,
    title: 'The API key does not allow this.',
    hint: 'Ask the operator for a key with the needed scope.',
  },
  'rate-limited': {
    status: 429,
    exitCode: 5,
    retryable: true,
    title: 'You sent more than your share of requests.',
    hint: 'Wait as long as Retry-After says.',
  },
  'overloaded': {
    status: 503,
    exitCode: 5,
    retryable: true,
    title: 'The server has more work than it can queue.',
    hint: 'Try again after Retry-After.',
  },
  'deadline-exceeded': {
    status: 504,
    exitCode: 5,
    retryable: true,
    title: 'The answer was not ready before the deadline.',
    hint: 'Allow more time or ask for less.',
  },
  'cancelled': {
    status: 499,
    exitCode: 130,
    retryable: true,
    title: 'The work was cancelled.',
    hint: 'Start it again; a build goes on with --resume.',
  },
  'lock-held': {
    status: 409,
    exitCode: 5,
    retryable: true,
    title: 'Another build is writing this index.',
    hint: 'Wait for it to end, or stop it.',
  },
  'no-memory': {
    status: 503,
    exitCode: 5,
    retryable: false,
    title: 'The memory budget does not suffice.',
    hint: 'Raise --memory; for a build, or lower --shard-size.',
  },
  'no-disk': {
    status: 503,
    exitCode: 5,
    retryable: false,
    title: 'There is not enough room on the disk.',
    hint: 'Free the named amount, or build into another folder.',
  },
  'io-failure': {
    status: 503,
    exitCode: 5,
    retryable: true,
    title: 'The operating system refused to read or write.',
    hint: 'Check the named path, its permissions and the disk.',
  },
  'store-failure': {
    status: 502,
    exitCode: 5,
    retryable: true,
    title: 'The object store did not do what it was asked.',
    hint: 'Check the address, AWS_ENDPOINT_URL, AWS_REGION, and that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY may do it.',
  },
  'unreachable-broker': {
    status: 503,
    exitCode: 5,
    retryable: true,
    title: 'The broker did not answer.',
    hint: 'Check the address of --nats and that nats-server runs there, with JetStream (-js) for builds.',
  },
  'incomplete-answer': {
    status: 503,
    exitCode: 5,
    retryable: true,
    title: 'Not every shard answered, so there is no exact answer.',
    hint: 'Try again after Retry-After, or allow a partial answer (`partial: allow`, `--partial`); if it goes on, see which shards no server holds.',
  },
  'unreachable-server': {
    status: 502,
    exitCode: 5,
    retryable: true,
    title: 'The server did not answer.',
    hint: 'Check the address and that `omnigram serve` is running there.',
  },
  'bad-model': {
    status: 400,
    exitCode: 3,
    retryable: false,
    title: 'The model cannot be read.',
    hint: 'Give a GGUF file of the Llama family, quantised as Q4_0, Q4_1 or Q8_0, or not quantised.',
  },
  'no-model': {
    status: 404,
    exitCode: 3,
    retryable: false,
    title: 'The server has no language model.',
    hint: 'Start it with `omnigram serve INDEX --model FILE.gguf`, where INDEX holds tokens of that model.',
  },
  'model-failure': {
    status: 502,
    exitCode: 5,
    retryable: true,
    title: 'The language model did not answer as it should.',
    hint: 'Check the address of the endpoint, the name of the model and the key.',
  },
  'worker-lost': {
    status: 503,
    exitCode: 70,
    retryable: true,
    title: 'A worker died while it worked on this request.',
    hint: 'Try again; another worker has taken its place. Report it if it happens again.',
  },
  'internal': {
    status: 500,
    exitCode: 70,
    retryable: false,
    title: 'Something went wrong in omnigram itself.',
    hint: 'Report it with the request id and what you asked.',
  },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof errorKinds

/** Whether `code` is in the registry. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorKinds, code)
}

/** An error that a user can act on. `detail` says what was seen, where: a file and line, a shard, a value and its limit. */
export class OmnigramError extends Error {
  override readonly name = 'OmnigramError'

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${errorKinds[code].title} ${detail}`, options)
  }

  get kind(): ErrorKind {
    return errorKinds[this.code]
  }
}

/** Any thrown value as an {@link OmnigramError}: errors of the native core carry a `code` of the registry, all else is ours. */
export function toOmnigramError(thrown: unknown): OmnigramError {
  if (thrown instanceof OmnigramError) return thrown
  if (thrown instanceof Error) {
    const code = (thrown as Error & { code?: unknown }).code
    if (isErrorCode(code)) return new OmnigramError(code, thrown.message, { cause: thrown })
    return new OmnigramError('internal', thrown.message, { cause: thrown })
  }
  return new OmnigramError('internal', String(thrown))
}
