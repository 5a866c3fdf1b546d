/** How much may one request or one input ask for? Every bound that a user can meet, in one place. */

export const limits = {
  /** UTF-16 units of one pattern. */
  patternUnits: 65_536,
  patternsPerRequest: 10_000,
  /** Bytes of an HTTP body. */
  bodyBytes: 8 * 1024 * 1024,
  /** Depth of a JSON or MessagePack body. */
  bodyDepth: 32,
  /** Values in a MessagePack body, counted before it is decoded. */
  bodyValues: 100_000,
  /** Live ranges of a search with alternatives (`ignoreCase`, `flexibleSpace`). */
  liveRanges: 20_000,
  /** Symbols of the strings whose repetition is measured. */
  gramSymbols: 65_536,
  /** Context on each side of a snippet, bytes or characters. */
  contextUnits: 10_000,
  pageSize: 1_000,
  /** Terms of one `all`/`any`/`none` query. */
  terms: 32,
  /** Cursors that go together. */
  cursors: 100_000,
  /** Bytes of one extract. */
  extractBytes: 16 * 1024 * 1024,
  /** LF steps spent on a number of documents unless `exact` is asked for. */
  documentSteps: 4_000_000,
  /** LF steps spent on one list of documents: a page by document, a query by several patterns, counts by facet. */
  listSteps: 20_000_000,
  /** Default and largest deadline of a request. */
  deadlineMs: 10_000,
  maxDeadlineMs: 300_000,
  /** Bytes of one line of JSONL: half of what a JavaScript string holds, as a line is decoded into one. */
  lineBytes: 2 ** 28,
  /** Nesting and number of JSON values of one line. */
  lineDepth: 512,
  lineValues: 1_000_000,
  /** Token ids of one document as JSON. */
  lineTokens: 2 ** 26,
  /** A benchmark that is uploaded: bytes of the file, and items in it. */
  benchmarkUploadBytes: 32 * 1024 * 1024,
  benchmarkUploadItems: 100_000,
  /** A registry of traps that is uploaded: bytes, traps, and UTF-16 units of the text and the id of one. */
  trapUploadBytes: 8 * 1024 * 1024,
  trapUploadTraps: 10_000,
  trapUnits: 10_000,
  trapIdUnits: 200,
  /** Text of one document: what a buffer of Node holds, with room. */
  documentBytes: 2_000_000_000,
  /** Text of one shard; what a machine can sort is decided by its memory. */
  shardBytes: 2 ** 40,
  /** Bytes and items of a benchmark file, and bytes of one of its lines or rows. */
  benchmarkBytes: 256 * 1024 * 1024,
  benchmarkItems: 200_000,
  benchmarkLineBytes: 16 * 1024 * 1024,
  /** UTF-16 units of the text of one item. */
  benchmarkTextUnits: 1_000_000,
  /** UTF-16 units of all items of a benchmark that are checked, once for each view. */
  checkedUnits: 2 ** 25,
  /** Bytes of a contamination report or an evidence bundle: half of what a JavaScript string holds. */
  reportBytes: 2 ** 28,
  /** Token ids are below this. */
  vocabulary: 2 ** 20,
  /** Bytes of a tokenizer.json. */
  tokenizerBytes: 128 * 1024 * 1024,
  /** Text of one document that is tokenised: what a tokenizer keeps meanwhile is many times as large. */
  tokenizedBytes: 16 * 1024 * 1024,
  /** Time that the tokenizer of an index may take over one question. */
  tokenizerMs: 30_000,
} as const
