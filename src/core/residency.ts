/** How do the bytes of a shard come into memory? */

/**
 * `mmap`: mapped, page by page as they are needed. `ram`: all of them, at once. `read`: what the search needs at once,
 * what only shows documents when it is asked for; nothing is mapped.
 */
export const residencies = ['mmap', 'ram', 'read'] as const

export type Residency = (typeof residencies)[number]
