/** Which bytes stand for a JSON value, so that equal values have equal hashes? */

/**
 * JSON with the keys of objects in the order of their UTF-16 units and no white space: RFC 8785, whose numbers and strings are
 * those of `JSON.stringify`. Fields that are undefined are left out. O(n log n).
 */
export function toCanonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${toCanonicalJson(field)}`)
  return `{${fields.join(',')}}`
}
