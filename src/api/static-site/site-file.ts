/** What does a static site say of itself? `static.json`, which the pages read first (`web/src/local/static-site.ts`). */
import { z } from 'zod'

export const siteFileName = 'static.json'

export const siteFileSchema = z.object({
  format: z.literal('omnigram-static-site'),
  version: z.literal(1),
  program: z.string().describe('Version of omnigram that wrote it.'),
  indexes: z.array(z.object({ name: z.string(), path: z.string().describe('Folder, or file of a lone shard.') })),
  reports: z.string().describe('Folder of the contamination reports, with their list.'),
})

export type SiteFile = z.infer<typeof siteFileSchema>

/** Whether that text is of a site that was exported. */
export function isSiteFile(text: string): boolean {
  try {
    return siteFileSchema.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
