/** How are many parts worked on, a few at a time? */

/** In order of starting; the first failure ends it, when those under way have ended. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0
  let failure: { readonly reason: unknown } | null = null
  const run = async () => {
    while (next < items.length && failure === null) {
      try {
        await work(items[next++])
      } catch (reason) {
        failure ??= { reason }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, run))
  if (failure !== null) throw (failure as { readonly reason: unknown }).reason
}
