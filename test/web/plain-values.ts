/**
 * How do arguments and answers cross into a page unchanged? As JSON of ASCII alone: lone surrogates, bytes, `undefined`
 * and numbers that JSON has none for arrive as they were.
 */

const arrays = { Uint8Array, Uint32Array, Float64Array } as const
type ArrayName = keyof typeof arrays

type Packed = { readonly $: ArrayName; readonly of: readonly number[] } | { readonly $: 'number'; readonly of: string }

export function packValue(value: unknown): string {
  const json = JSON.stringify(pack(value))
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function unpackValue(text: string): unknown {
  return unpack(JSON.parse(text))
}

function pack(value: unknown): unknown {
  if (value === undefined) return { $: 'undefined' }
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return { $: 'number', of: '-0' }
    return Number.isFinite(value) ? value : { $: 'number', of: String(value) }
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(pack)
  for (const name of Object.keys(arrays) as ArrayName[]) {
    if (value instanceof arrays[name]) return { $: name, of: Array.from(value) }
  }
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, pack(field)]))
}

function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(unpack)
  if (!('$' in value)) return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, unpack(field)]))
  if (value.$ === 'undefined') return undefined
  const packed = value as Packed
  return packed.$ === 'number' ? Number(packed.of) : arrays[packed.$].from(packed.of)
}
