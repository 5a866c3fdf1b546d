/** Which reports of private checks are in this page? They go with it. */

const held = new Set<string>()

export function holdReport(id: string): void {
  held.add(id)
}

/** False after the page was loaded again: whatever an old address names is gone, and nobody is asked for it. */
export function holdsReport(id: string): boolean {
  return held.has(id)
}
