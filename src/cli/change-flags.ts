/** Which flags say how an index that is built is changed: by `merge` and by `takedown`? */
import { collect, type FlagDefinition, integer } from './flag-parsers.js'

export const changeFlags = {
  'into': {
    flags: '--into <n>',
    description: 'shards that are left at most (default: neighbours of about the same size become one)',
    parse: integer('--into', 1, 1_000_000),
  },
  'takedownId': {
    flags: '--id <id>',
    description: 'hide all documents of this external id (may be repeated)',
    parse: collect,
  },
  'document': {
    flags: '--document <n>',
    description: 'hide the document of this number (may be repeated)',
    parse: (text: string, previous: unknown) => [
      ...((previous as number[] | undefined) ?? []),
      integer('--document', 0, Number.MAX_SAFE_INTEGER)(text),
    ],
  },
  'idsFrom': { flags: '--from <file>', description: 'hide the documents of the external ids in a file, one a line' },
  'skipMissing': { flags: '--skip-missing', description: 'pass over ids and numbers that no document has' },
} as const satisfies Record<string, FlagDefinition>
