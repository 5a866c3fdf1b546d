/** `omnigram search --all A --any B --none C`: which documents hold these patterns together? */

import { limits } from '../core/limits.js'
import type { Pattern } from '../core/pattern.js'
import { formatCount } from '../core/units.js'
import { readMatching } from './count.js'
import { formatDocument } from './doc.js'
import { noteLastPage, noteNextPage } from './next-page.js'
import { readPartial, type SearchTarget } from './search-target.js'
import type { WriteLine } from './terminal.js'
import { isSet, listFlag, numberFlag, type VerbCall } from './verb.js'

export async function searchDocuments(
  reader: SearchTarget,
  call: VerbCall,
  pattern: Pattern | undefined,
  writeLine: WriteLine,
): Promise<void> {
  const { flags, terminal, signal } = call
  const query = {
    all: [...(pattern === undefined ? [] : [pattern]), ...listFlag(flags, 'all')],
    any: listFlag(flags, 'any'),
    none: listFlag(flags, 'none'),
  }
  let left = numberFlag(flags, 'limit') ?? 10
  let position = numberFlag(flags, 'from') ?? 0
  let isFirst = true
  while (left > 0) {
    const page = await reader.findDocuments(query, {
      matching: readMatching(flags),
      exact: isSet(flags, 'exact'),
      limit: Math.min(left, limits.pageSize),
      position,
      signal,
    })
    if (isFirst) terminal.note(`${page.isExact ? '' : 'at least '}${formatCount(page.count)} documents`)
    isFirst = false
    for (const document of page.documents) {
      if (terminal.options.isJson)
        await writeLine(formatDocument(document, { partial: readPartial(reader) ?? undefined }))
      else
        await writeLine(
          `${document.document}\t${document.externalId ?? ''}\t${terminal.showText(document.metadata ?? '')}`,
        )
    }
    left -= page.documents.length
    if (page.nextPosition === null) return noteLastPage(reader, call, left)
    position = page.nextPosition
  }
  noteNextPage(call, position)
}
